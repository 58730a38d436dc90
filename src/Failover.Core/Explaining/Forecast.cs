using System.Collections.Immutable;

namespace Failover;

/// <summary>One way in which a streak can reach a threshold.</summary>
/// <param name="Remaining">How many further observations it takes at least.</param>
/// <param name="Earliest">The earliest time at which the last of them can come: before it they do not.</param>
internal readonly record struct Forecast(int Remaining, Instant Earliest)
{
    /// <summary>The forecast of both conditions together.</summary>
    public Forecast And(Forecast other) =>
        new(Math.Max(Remaining, other.Remaining), Instant.Max(Earliest, other.Earliest));

    /// <summary>The forecasts for which no other needs as few observations and comes as early; the earliest first.</summary>
    public static ImmutableArray<Forecast> Best(IEnumerable<Forecast> ways)
    {
        ImmutableArray<Forecast>.Builder best = ImmutableArray.CreateBuilder<Forecast>();
        foreach (
            Forecast forecast in ways.OrderBy(forecast => forecast.Earliest).ThenBy(forecast => forecast.Remaining)
        )
        {
            if (best.Count == 0 || forecast.Remaining < best[^1].Remaining)
            {
                best.Add(forecast);
            }
        }

        return best.ToImmutable();
    }
}
