using System.Collections.Immutable;

namespace Failover;

/// <summary>One way in which a run of evidence can come to reach a threshold.</summary>
/// <param name="Remaining">How many observations it takes beyond those that there are: fewer never do.</param>
/// <param name="Earliest">The earliest time at which the last of them can come: before it they do not.</param>
internal readonly record struct Forecast(int Remaining, Instant Earliest)
{
    /// <summary>The way on which both are gone.</summary>
    public Forecast And(Forecast other) =>
        new(Math.Max(Remaining, other.Remaining), Instant.Max(Earliest, other.Earliest));

    /// <summary>Those that are not outdone by another one that takes as little and comes as soon; the soonest first.</summary>
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
