using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>Answers one request: which component or other path is requested, and what.</summary>
internal sealed class HealthEndpoint(HealthService service)
{
    private readonly PostEndpoint posts = new(service);
    private readonly HeartbeatEndpoint heartbeats = new(service);
    private readonly GuardEndpoint guards = new(service);
    private readonly ProcessEndpoint process = new(service);
    private readonly WaitEndpoint waits = new(service);

    private const string Reading = "GET, HEAD, OPTIONS";
    private const string ReadingAndPosting = "GET, HEAD, OPTIONS, POST";

    /// <summary>Whether guards are released here, which is for the management API where there is one.</summary>
    public bool HasGuards { get; set; } = true;

    /// <summary>How many may wait for a change.</summary>
    public long MostWaiters { get; set; } = WaitEndpoint.MostWaiters;

    /// <summary>Answers a request for what is below <paramref name="prefix"/>: a component, or one of the paths below <c>-/</c>.</summary>
    /// <param name="http">The request.</param>
    /// <param name="prefix">Empty, or a path that begins with a slash and does not end with one.</param>
    public Task HandleAsync(HttpContext http, string prefix)
    {
        if (!TryFind(http, prefix, out Component? component))
        {
            NoteWhereRefused(http);
            return HandleOtherAsync(http, PathBelow(http, prefix));
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

        NoteWhereRefused(http);
        if (method is "POST" && component.OnPost is not null)
        {
            return posts.HandleAsync(http, component.Name);
        }

        http.Response.Headers.Allow = allowed;
        return Answer.MethodNotAllowed.WriteAsync(http);
    }

    // What is requested is no component.
    private Task HandleOtherAsync(HttpContext http, string? path) =>
        path switch
        {
            null => NotFoundAsync(http),
            ProcessEndpoint.Healthy => ReadAsync(http, process.HealthyAsync),
            ProcessEndpoint.Ready => ReadAsync(http, process.ReadyAsync),
            _ when NameBelow(WaitEndpoint.Root, path) is { } awaited => ReadAsync(
                http,
                asked => waits.HandleAsync(asked, awaited, MostWaiters)
            ),
            _ when NameBelow(HeartbeatEndpoint.Root, path) is { } heartbeat => heartbeats.HandleAsync(http, heartbeat),
            _ when HasGuards && NameBelow(GuardEndpoint.Root, path) is { } guard => guards.HandleAsync(http, guard),
            _ => NotFoundAsync(http),
        };

    private static Task ReadAsync(HttpContext http, Func<HttpContext, Task> answer)
    {
        string method = http.Request.Method;
        bool isRead = method is "GET" or "HEAD";
        if (!isRead)
        {
            http.Response.Headers.Allow = Reading;
        }

        return isRead || method is "OPTIONS" ? answer(http) : Answer.MethodNotAllowed.WriteAsync(http);
    }

    // Before the answer goes: whoever has it finds it noted.
    private void NoteWhereRefused(HttpContext http) =>
        http.Response.OnStarting(() =>
        {
            service.Refused.NoteIfRefused(http);
            return Task.CompletedTask;
        });

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
        Note(http, component, shown);
        if (shown is not null)
        {
            service.Polls.Count((PollAnswer)shown.State);
            await StateAnswer.WriteAsync(http, shown.State, shown.HasWarning, shown.Since);
        }
    }

    private void Note(HttpContext http, Component component, Snapshot? shown)
    {
        long now = service.Time.GetUtcNow().Ticks;
        string name = http.Request.Headers.UserAgent is [{ } first, ..] ? first : "";
        Span<byte> agent = stackalloc byte[Poller.LongestAgent];
        // Each character of a header is a byte (WebServer).
        int length = Encoding.Latin1.GetBytes(name.AsSpan(0, Math.Min(name.Length, agent.Length)), agent);
        ClientAddress address = ClientAddress.Of(RequestSource.AddressOf(http, service.TrustedProxies));
        component.PollerOf(address, agent[..length], now)?.Note(shown?.State, now);
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

    private static string? PathBelow(HttpContext http, string prefix)
    {
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        ReadOnlySpan<char> path = RequestTarget.Decode(RequestTarget.Path(target));
        return TryStripBase(ref path, http, prefix) ? path.ToString() : null;
    }

    private static string? NameBelow(string root, string path) =>
        path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..] : null;

    private static bool TryStripBase(ref ReadOnlySpan<char> path, HttpContext http, string prefix) =>
        TryStrip(ref path, http.Request.PathBase.Value ?? "") && TryStrip(ref path, prefix) && TryStrip(ref path, "/");

    private static bool TryStrip(ref ReadOnlySpan<char> path, ReadOnlySpan<char> start)
    {
        bool isThere = path.StartsWith(start, StringComparison.Ordinal);
        path = isThere ? path[start.Length..] : path;
        return isThere;
    }
}
