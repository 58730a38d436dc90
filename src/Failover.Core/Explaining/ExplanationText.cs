using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>The texts of explanations.</summary>
internal static class ExplanationText
{
    /// <summary><c>1 failure</c>, <c>3 successes</c>.</summary>
    public static string Count(int count, HealthState state, string more = "")
    {
        (string one, string many) = state switch
        {
            HealthState.Ok => ("success", "successes"),
            HealthState.Fail => ("failure", "failures"),
            HealthState.Error => ("error", "errors"),
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "no such state"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count} {more}{(count == 1 ? one : many)}");
    }

    /// <summary><c>3 failures in a row over 20s</c>.</summary>
    public static string InARow(Streak streak, HealthState state) =>
        streak.Count == 1 ? Count(1, state) : $"{Count(streak.Count, state)} in a row over {Rounded(streak.Duration)}";

    /// <summary><c>fail after 2 more failures, at the earliest in 41s</c>.</summary>
    /// <param name="state">What it would come to.</param>
    /// <param name="streak">The current evidence.</param>
    /// <param name="forecasts">How it would come to that.</param>
    /// <param name="now">The time.</param>
    public static string Flip(HealthState state, Streak streak, ImmutableArray<Forecast> forecasts, Instant now) =>
        $"{state.Word()} {string.Join(", or ", forecasts.Select(forecast => After(forecast, state, streak, now)))}";

    /// <summary>What <see cref="Flip"/> says, in figures.</summary>
    /// <inheritdoc cref="Flip"/>
    public static IEnumerable<StateForecast> Figures(
        HealthState state,
        Streak streak,
        ImmutableArray<Forecast> forecasts,
        Instant now
    ) =>
        forecasts.Select(forecast => new StateForecast(
            state,
            streak.Count,
            forecast.Remaining,
            forecast.Earliest > now ? forecast.Earliest - now : TimeSpan.Zero
        ));

    /// <summary><c>in 41s</c>; <c>now</c> where the time has come.</summary>
    public static string In(Instant then, Instant now) => then > now ? $"in {Rounded(then - now)}" : "now";

    /// <summary>A duration rounded down, to a second or, below one second, to a millisecond.</summary>
    public static string Rounded(TimeSpan duration)
    {
        long grain = duration < TimeSpan.FromSeconds(1) ? TimeSpan.TicksPerMillisecond : TimeSpan.TicksPerSecond;
        return Units.Text(TimeSpan.FromTicks(duration.Ticks / grain * grain));
    }

    /// <summary>The parts that are not empty, in one line.</summary>
    public static string Join(params IEnumerable<string> parts) =>
        string.Join("; ", parts.Where(part => part.Length > 0));

    private static string After(Forecast forecast, HealthState state, Streak streak, Instant now)
    {
        string observations =
            streak.Count > 0 ? Count(forecast.Remaining, state, "more ")
            : forecast.Remaining > 1 ? $"{Count(forecast.Remaining, state)} in a row"
            : Count(forecast.Remaining, state);
        return forecast.Earliest > now
            ? $"after {observations}, at the earliest {In(forecast.Earliest, now)}"
            : $"after {observations}";
    }
}
