using System.Globalization;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers <c>/-/wait/NAME</c>: what a component serves, once that is another version than the one that the client has.</summary>
/// <remarks>The version is the component's epoch (<see cref="HealthMachine.EpochOf"/>), as <c>ETag</c> has it. Nothing is evaluated for whoever
/// waits: of a component that is evaluated by requests, what those come to is reported.</remarks>
internal sealed class WaitEndpoint(HealthService service)
{
    /// <summary>The path that NAME is below, without its leading slash.</summary>
    public const string Root = "-/wait/";

    /// <summary>So many wait at a time, at most.</summary>
    public const int MostWaiters = 1000;

    private const string RetryAfterSeconds = "5";

    private int waiting;

    public static ManagementDescription Description { get; } =
        new(
            "What a component serves, as the component itself answers it, once it is as the query says, or at the timeout. The ETag is its version.",
            typeof(string)
        )
        {
            ContentType = Answer.ContentType,
            Query =
            [
                new(WaitTerms.SinceKey, typeof(string), "waits for another version than this one"),
                new(WaitTerms.StateKey, typeof(string), "waits for this state: ok, fail or error"),
                new(
                    WaitTerms.TimeoutKey,
                    typeof(string),
                    $"how long at most, up to {Units.Text(WaitTerms.LongestTimeout)}; left out, {Units.Text(WaitTerms.UsualTimeout)}"
                ),
            ],
        };

    /// <summary>Answers GET, HEAD and OPTIONS.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">The component, decoded.</param>
    /// <param name="most">So many may wait.</param>
    public async Task HandleAsync(HttpContext http, string name, long most)
    {
        if (!service.TryFind(name, out _))
        {
            await Answer.NotFound.WriteAsync(http);
            return;
        }

        if (!WaitTerms.TryRead(http.Request.Query, out WaitTerms terms, out string flaw))
        {
            await Answer.Flawed(flaw).WriteAsync(http);
            return;
        }

        if (http.Request.Method is not "OPTIONS" && !IsMet(name, terms))
        {
            if (Interlocked.Increment(ref waiting) > most)
            {
                Interlocked.Decrement(ref waiting);
                await RefuseAsync(http, most);
                return;
            }

            try
            {
                await WaitAsync(http, name, terms);
            }
            finally
            {
                Interlocked.Decrement(ref waiting);
            }

            if (http.RequestAborted.IsCancellationRequested)
            {
                return;
            }
        }

        await AnswerAsync(http, name);
    }

    private static Task RefuseAsync(HttpContext http, long most)
    {
        http.Response.Headers.RetryAfter = RetryAfterSeconds;
        // Its place is for another connection.
        http.Response.Headers.Connection = "close";
        return Answer
            .Busy(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{most} requests wait already; accepted: one more when one has been answered"
                )
            )
            .WriteAsync(http);
    }

    // Until it is so, or the time is over, or components are replaced, or the listener stops, or the client has gone.
    private async Task WaitAsync(HttpContext http, string name, WaitTerms terms)
    {
        CancellationToken replaced = service.WaitsEnd;
        using CancellationTokenSource timeout = new(terms.Timeout, service.Time);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource([
            timeout.Token,
            replaced,
            http.RequestAborted,
            http.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default,
        ]);
        while (!end.IsCancellationRequested && service.TryFind(name, out Component? component))
        {
            // Before it is read: what is published in between is not missed.
            Task published = component!.NextPublicationAsync();
            if (IsMet(name, terms))
            {
                return;
            }

            await published.WaitAsync(end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsMet(string name, WaitTerms terms) =>
        (terms.Since is null || service.Engine.EpochOf(name) != terms.Since)
        && (
            terms.State is null
            || !service.TryFind(name, out Component? found)
            || found!.LastKnown().State == terms.State
        );

    private Task AnswerAsync(HttpContext http, string name)
    {
        if (!service.TryFind(name, out Component? component))
        {
            return Answer.NotFound.WriteAsync(http);
        }

        // The version first: should it change in between, the client has the older one, and learns of the change with its next request.
        http.Response.Headers.ETag = EntityTag.Of(service.Engine.EpochOf(name));
        Snapshot shown = component!.LastKnown();
        return StateAnswer.WriteAsync(http, shown.State, shown.HasWarning, shown.Since);
    }
}
