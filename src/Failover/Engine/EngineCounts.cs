using System.Collections.Immutable;

namespace Failover;

/// <summary>What an engine has counted, at one moment.</summary>
/// <param name="Probes">The probes that have ended, by the kind of check.</param>
/// <param name="Lateness">How much later than scheduled turns of background loops began.</param>
/// <param name="HistoryLost">How many entries of the history were lost because nobody took them in time.</param>
internal sealed record EngineCounts(IReadOnlyList<ProbeCounts> Probes, DurationCounts Lateness, long HistoryLost)
{
    /// <summary>From what a busy machine takes to wake a thread, to what an operator should hear of.</summary>
    public static ImmutableArray<double> LatenessBounds { get; } =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
}
