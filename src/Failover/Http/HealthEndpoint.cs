using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>Answers one request: which component, heartbeat or guard is requested, and what.</summary>
internal sealed class HealthEndpoint(HealthService service)
{
    private readonly PostEndpoint posts = new(service);
    private readonly HeartbeatEndpoint heartbeats = new(service);
    private readonly GuardEndpoint guards = new(service);

    private const string Reading = "GET, HEAD, OPTIONS";
    private const string ReadingAndPosting = "GET, HEAD, OPTIONS, POST";

    /// <summary>Answers a request for a component, a heartbeat or a guard below <paramref name="prefix"/>.</summary>
    /// <param name="http">The request.</param>
    /// <param name="prefix">Empty, or a path that begins with a slash and does not end with one.</param>
    public Task HandleAsync(HttpContext http, string prefix)
    {
        if (!TryFind(http, prefix, out Component? component))
        {
            return NameBelow(HeartbeatEndpoint.Root, http, prefix) is { } heartbeat
                    ? heartbeats.HandleAsync(http, heartbeat)
                : NameBelow(GuardEndpoint.Root, http, prefix) is { } guard ? guards.HandleAsync(http, guard)
                : NotFoundAsync(http);
        }

        // Methods are case-sensitive (RFC 9110, 9.1).
        string method = http.Request.Method;
        if (method is "GET" or "HEAD")
        {
            return AnswerAsync(http, component!);
        }

        string allowed = Allowed(component!.OnPost is not null);
        // HAProxy's "option httpchk /mail" sends OPTIONS unless configured otherwise.
        if (method is "OPTIONS")
        {
            http.Response.Headers.Allow = allowed;
            return AnswerAsync(http, component);
        }

        if (method is "POST" && component.OnPost is not null)
        {
            return posts.HandleAsync(http, component.Name);
        }

        http.Response.Headers.Allow = allowed;
        return Answer.MethodNotAllowed.WriteAsync(http);
    }

    /// <summary>The methods of a component.</summary>
    public static string Allowed(bool mayBePosted) => mayBePosted ? ReadingAndPosting : Reading;

    private Task NotFoundAsync(HttpContext http)
    {
        service.Polls.Count(PollAnswer.NotFound);
        return Answer.NotFound.WriteAsync(http);
    }

    private async Task AnswerAsync(HttpContext http, Component component)
    {
#pragma warning disable CA2012 // Consumed once: on one of two ways.
        ValueTask<Snapshot> answer = component.AnswerAsync();
#pragma warning restore CA2012
        Snapshot? shown = answer.IsCompleted
            ? await answer
            : await UnlessDisconnectedAsync(answer.AsTask(), http.RequestAborted);
        if (shown is not null)
        {
            service.Polls.Count((PollAnswer)shown.State);
            Answer state = Answer.Of(shown.State);
            await (http.Request.Method is "OPTIONS" ? state.WriteWithoutBodyAsync(http) : state.WriteAsync(http));
        }
    }

    // A client that goes away frees its place among the connections at once: a component that hangs is no way to fill them. The
    // evaluation continues for those who stay.
    private static async Task<Snapshot?> UnlessDisconnectedAsync(Task<Snapshot> answer, CancellationToken gone)
    {
        await ((Task)answer.WaitAsync(gone)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return answer.IsCompleted ? await answer : null;
    }

    private bool TryFind(HttpContext http, string prefix, out Component? component)
    {
        component = null;
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        ReadOnlySpan<char> path = RequestTarget.Path(target);
        if (!path.Contains('%'))
        {
            return TryFind(path, http, prefix, out component);
        }

        return RequestTarget.Decode(path) is { } decoded && TryFind(decoded, http, prefix, out component);
    }

    private bool TryFind(ReadOnlySpan<char> path, HttpContext http, string prefix, out Component? component)
    {
        component = null;
        return TryStripBase(ref path, http, prefix) && service.TryFind(path, out component);
    }

    // What is requested is no component.
    private static string? NameBelow(string root, HttpContext http, string prefix)
    {
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        ReadOnlySpan<char> path = RequestTarget.Decode(RequestTarget.Path(target));
        return TryStripBase(ref path, http, prefix) && TryStrip(ref path, root) ? path.ToString() : null;
    }

    private static bool TryStripBase(ref ReadOnlySpan<char> path, HttpContext http, string prefix) =>
        TryStrip(ref path, http.Request.PathBase.Value ?? "") && TryStrip(ref path, prefix) && TryStrip(ref path, "/");

    private static bool TryStrip(ref ReadOnlySpan<char> path, ReadOnlySpan<char> start)
    {
        bool isThere = path.StartsWith(start, StringComparison.Ordinal);
        path = isThere ? path[start.Length..] : path;
        return isThere;
    }
}
