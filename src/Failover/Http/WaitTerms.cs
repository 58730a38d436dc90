using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>What a request of <see cref="WaitEndpoint"/> waits for: all of it has to be so.</summary>
/// <param name="Since">Another version than this one; null: any.</param>
/// <param name="State">This state; null: any.</param>
/// <param name="Timeout">How long at most.</param>
internal readonly record struct WaitTerms(string? Since, HealthState? State, TimeSpan Timeout)
{
    /// <summary>As what they are given in the query.</summary>
    public const string SinceKey = "since";

    /// <inheritdoc cref="SinceKey"/>
    public const string StateKey = "state";

    /// <inheritdoc cref="SinceKey"/>
    public const string TimeoutKey = "timeout";

    /// <summary>The longest: less than what proxies and kernels let a silent connection stay open.</summary>
    public static TimeSpan LongestTimeout { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Where the request does not say.</summary>
    public static TimeSpan UsualTimeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Reads them.</summary>
    /// <param name="query">The query.</param>
    /// <param name="terms">What it says.</param>
    /// <param name="flaw">What is wrong, and what is accepted.</param>
    public static bool TryRead(IQueryCollection query, out WaitTerms terms, out string flaw)
    {
        string? since = query[SinceKey];
        string? state = query[StateKey];
        string? timeout = query[TimeoutKey];
        HealthState? wanted = state is null ? null : StateOf(state);
        TimeSpan? longest = timeout is null ? UsualTimeout : DurationOf(timeout);
        flaw =
            state is not null && wanted is null ? $"{StateKey} is {Printable.Excerpt(state)}; accepted: ok, fail, error"
            : longest is null
                ? $"{TimeoutKey} is {Printable.Excerpt(timeout!)}; accepted: a duration up to {Units.Text(LongestTimeout)}, as 30s"
            : "";
        // In quotes or without: as ETag has it, or as a document of the API.
        terms = new(since?.Trim('"'), wanted, longest ?? default);
        return flaw.Length == 0;
    }

    private static HealthState? StateOf(string word) =>
        word switch
        {
            "ok" => HealthState.Ok,
            "fail" => HealthState.Fail,
            "error" => HealthState.Error,
            _ => null,
        };

    // Seconds may do without their unit.
    private static TimeSpan? DurationOf(string text) =>
        (
            DurationText
                .Parse(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? text + "s" : text)
                .Value as TimeSpan?
        )
            is { } duration
        && duration <= LongestTimeout
            ? duration
            : null;
}
