using System.Diagnostics.Metrics;

namespace Failover;

/// <summary>What is measured of background loops.</summary>
internal static class BackgroundMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Failover";

    /// <summary>The meter itself.</summary>
    public static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Lateness = Meter.CreateHistogram<double>(
        "failover.background.lateness",
        unit: "s",
        description: "How much later than scheduled a turn of a background loop began."
    );

    /// <summary>A turn began so much later than it was due.</summary>
    public static void Record(TimeSpan late) => Lateness.Record(late.TotalSeconds);
}
