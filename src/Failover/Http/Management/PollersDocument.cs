using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Serialization;

namespace Failover;

/// <summary>Who polls, and what was refused: <c>/-/api/v1/pollers</c>, and of one component <c>/-/api/v1/pollers/{name}</c>.</summary>
/// <param name="Pollers">Those that polled last, the newest first: of each component up to 16, fewer where there are more than 1,000
/// components. A restart begins anew.</param>
/// <param name="Refused">What was asked for last where components are served and was refused, the newest first: any path, as a poller of
/// another one than it means is among them.</param>
internal sealed record PollersDocument(ImmutableArray<PollerEntry> Pollers, ImmutableArray<RefusedEntry> Refused)
{
    /// <summary>Reports them.</summary>
    /// <param name="components">Of which components.</param>
    /// <param name="refused">What was refused.</param>
    /// <param name="redact">Takes what is secret out of a text.</param>
    public static PollersDocument Of(
        IEnumerable<Component> components,
        IEnumerable<RefusedRequest> refused,
        Func<string, string> redact
    ) =>
        new(
            [
                .. components
                    .SelectMany(component => component.Pollers.All.Select(one => PollerEntry.Of(component.Name, one)))
                    .OrderByDescending(one => one.Last)
                    .Select(one => one with { Agent = redact(one.Agent) }),
            ],
            [
                .. refused.Select(one => new RefusedEntry(
                    one.Address.ToString(),
                    redact(one.Agent),
                    redact(one.Request),
                    one.Status,
                    one.First,
                    one.Last,
                    one.Times
                )),
            ]
        );
}

/// <summary>Who polls a component: an address and what it calls itself.</summary>
/// <param name="Component">What it polls.</param>
/// <param name="Address">Where it is; behind a trusted proxy, as that one says.</param>
/// <param name="Agent">Its <c>User-Agent</c>, printable, up to 128 bytes of it. May be empty.</param>
/// <param name="First">When it polled first, since it is in this list.</param>
/// <param name="Last">When it polled last.</param>
/// <param name="Polls">How often, since the first.</param>
/// <param name="Answered">What it was answered last; null where it was gone before each answer.</param>
/// <param name="Unanswered">How many of the polls it did not wait for the answer to.</param>
internal sealed record PollerEntry(
    string Component,
    string Address,
    string Agent,
    DateTimeOffset First,
    DateTimeOffset Last,
    long Polls,
    HealthState? Answered,
    long Unanswered
)
{
    /// <summary>Reports one.</summary>
    public static PollerEntry Of(string component, Poller one) =>
        new(
            component,
            one.Address.ToString(),
            Printable.Escape(Encoding.Latin1.GetString(one.Agent)),
            At(one.Since),
            At(one.Last),
            one.Polls,
            one.Answered,
            one.Unanswered
        );

    private static DateTimeOffset At(long ticks) => new(ticks, TimeSpan.Zero);
}

/// <summary>A request that was refused.</summary>
/// <param name="Address">Who sent it; behind a trusted proxy, as that one says.</param>
/// <param name="Agent">Its <c>User-Agent</c>, printable and cut. May be empty.</param>
/// <param name="Request">Its method and path, without a query, and why it could not be parsed where that is so; printable and cut.</param>
/// <param name="Status">The status of the answer, from 400 to 499, or another one of the web server's.</param>
/// <param name="First">When it was sent first.</param>
/// <param name="Last">When it was sent last.</param>
/// <param name="Times">How often.</param>
internal sealed record RefusedEntry(
    string Address,
    string Agent,
    string Request,
    int Status,
    DateTimeOffset First,
    DateTimeOffset Last,
    long Times
);
