using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>What was asked of last where components are served and was refused, with a status of 400 to 499, or could not be parsed: a
/// poller that asks for the wrong path is among them.</summary>
/// <param name="service">Has the clock, and the proxies that are trusted.</param>
internal sealed class RefusedRequests(HealthService service)
{
    /// <summary>So many are kept; of equal ones, one.</summary>
    public const int Most = 64;

    private const int LongestRequest = 200;

    private readonly Lock gate = new();

    // From the newest to the oldest.
    private readonly List<RefusedRequest> all = [];

    /// <summary>All of them, the newest first.</summary>
    public ImmutableArray<RefusedRequest> All
    {
        get
        {
            lock (gate)
            {
                return [.. all];
            }
        }
    }

    /// <summary>Notes a request that has been answered, where it was refused.</summary>
    public void NoteIfRefused(HttpContext http)
    {
        int status = http.Response.StatusCode;
        if (status is >= StatusCodes.Status400BadRequest and < StatusCodes.Status500InternalServerError)
        {
            string request = LineOf(http.Features.GetRequiredFeature<IHttpRequestFeature>());
            string agent = http.Request.Headers.UserAgent.ToString();
            Note(ClientAddress.Of(RequestSource.AddressOf(http, service.TrustedProxies)), agent, request, status);
        }
    }

    /// <summary>Notes one that the web server has refused.</summary>
    /// <param name="features">What is known of it.</param>
    public void NoteMalformed(IFeatureCollection features)
    {
        if (features.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException fault)
        {
            return;
        }

        string line = features.Get<IHttpRequestFeature>() is { } request ? LineOf(request) : "";
        string why = WithoutQuery(fault.Message);
        Note(
            ClientAddress.Of(features.Get<IHttpConnectionFeature>()?.RemoteIpAddress),
            agent: "",
            line.Length > 0 ? $"{line}: {why}" : why,
            fault.StatusCode
        );
    }

    private static string LineOf(IHttpRequestFeature request) =>
        string.IsNullOrEmpty(request.Method) ? "" : $"{request.Method} {WithoutQuery(request.RawTarget ?? "")}";

    // What stands behind it may be a secret.
    private static string WithoutQuery(string text) => text.IndexOf('?') is >= 0 and var at ? text[..at] + "?…" : text;

    private void Note(ClientAddress address, string agent, string request, int status)
    {
        DateTimeOffset now = service.Time.GetUtcNow();
        RefusedRequest noted = new(
            address,
            Printable.Escape(agent, Poller.LongestAgent),
            Printable.Escape(request, LongestRequest),
            status,
            now,
            now,
            Times: 1
        );
        lock (gate)
        {
            int at = all.FindIndex(noted.IsAlike);
            if (at >= 0)
            {
                noted = all[at] with { Last = now, Times = all[at].Times + 1 };
                all.RemoveAt(at);
            }
            else if (all.Count == Most)
            {
                all.RemoveAt(Most - 1);
            }

            all.Insert(0, noted);
        }
    }
}

/// <summary>A request that was refused.</summary>
/// <param name="Address">Who sent it.</param>
/// <param name="Agent">What it calls itself, printable.</param>
/// <param name="Request">Its method and path, and what is wrong with it where it could not be parsed; printable.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="First">When it was sent first.</param>
/// <param name="Last">When it was sent last.</param>
/// <param name="Times">How often.</param>
internal sealed record RefusedRequest(
    ClientAddress Address,
    string Agent,
    string Request,
    int Status,
    DateTimeOffset First,
    DateTimeOffset Last,
    long Times
)
{
    /// <summary>Whether another one differs in when and how often alone.</summary>
    public bool IsAlike(RefusedRequest other) =>
        (Address, Agent, Request, Status) == (other.Address, other.Agent, other.Request, other.Status);
}
