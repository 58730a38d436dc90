using System.Collections.Immutable;

namespace Failover;

/// <summary>One way in which a run of evidence can come to reach a threshold.</summary>
/// <param name="More">How many observations it takes beyond those that there are: fewer never do.</param>
/// <param name="Earliest">The earliest time at which the last of them can come: before it they do not.</param>
internal readonly record struct Way(int More, Instant Earliest)
{
    /// <summary>The way on which both are gone.</summary>
    public Way And(Way other) => new(Math.Max(More, other.More), Instant.Max(Earliest, other.Earliest));

    /// <summary>Those that are not outdone by another one that takes as little and comes as soon; the soonest first.</summary>
    public static ImmutableArray<Way> Best(IEnumerable<Way> ways)
    {
        ImmutableArray<Way>.Builder best = ImmutableArray.CreateBuilder<Way>();
        foreach (Way way in ways.OrderBy(way => way.Earliest).ThenBy(way => way.More))
        {
            if (best.Count == 0 || way.More < best[^1].More)
            {
                best.Add(way);
            }
        }

        return best.ToImmutable();
    }
}
