namespace Failover;

/// <summary>Takes the names of metrics, and none of their samples.</summary>
internal sealed class MetricNames : MetricsWriter
{
    private static readonly string[] HistogramSuffixes = ["_bucket", "_sum", "_count"];

    // By each name that it goes by: of a histogram, that of its samples too, and of a counter, the one that OpenMetrics has.
    private readonly Dictionary<string, string> families = new(StringComparer.Ordinal);

    private MetricNames() { }

    /// <summary>The names of what some sources write.</summary>
    public static async ValueTask<MetricNames> OfAsync(IEnumerable<IMetricSource> sources)
    {
        MetricNames names = new();
        foreach (IMetricSource source in sources)
        {
            await source.WriteAsync(names);
        }

        return names;
    }

    /// <summary>The family of a name; null where there is none.</summary>
    public string? FamilyOf(string name) => families.GetValueOrDefault(name);

    /// <summary>The name of a family that is near to one that is none.</summary>
    public string? Nearest(string name) => Spelling.Nearest(name, families.Values.Distinct(StringComparer.Ordinal));

    /// <inheritdoc/>
    public override bool Begin(string family, MetricType type, string help)
    {
        families[family] = family;
        families[WithoutTotal(family, type)] = family;
        if (type == MetricType.Histogram)
        {
            foreach (string suffix in HistogramSuffixes)
            {
                families[family + suffix] = family;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override void Sample(long value, params ReadOnlySpan<MetricLabel> labels) { }

    /// <inheritdoc/>
    public override void Sample(double value, params ReadOnlySpan<MetricLabel> labels) { }

    /// <inheritdoc/>
    public override void Sample(DurationCounts counted, params ReadOnlySpan<MetricLabel> labels) { }

    /// <inheritdoc/>
    public override ValueTask SendIfFullAsync() => ValueTask.CompletedTask;
}
