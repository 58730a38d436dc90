using System.Diagnostics.Metrics;

namespace Failover;

/// <summary>What is measured of guards.</summary>
internal static class GuardMetrics
{
    private static readonly UpDownCounter<int> Tripped = BackgroundMetrics.Meter.CreateUpDownCounter<int>(
        "failover.guard.tripped",
        description: "1 while more components of a guard fail than may, else 0."
    );

    /// <summary>A guard has tripped, or is over.</summary>
    public static void Record(GuardChange change)
    {
        int by = change.Step switch
        {
            GuardStep.Tripped => 1,
            GuardStep.Over => -1,
            _ => 0,
        };
        if (by != 0)
        {
            Tripped.Add(by, new KeyValuePair<string, object?>("guard", change.Guard));
        }
    }
}
