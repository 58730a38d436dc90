namespace Failover;

/// <summary>Takes metrics, family after family, in one form or another: what a metric is called and means is said once, by its
/// source, and is the same in all of them.</summary>
internal abstract class MetricsWriter
{
    private const string CounterSuffix = "_total";

    // The unit is the last word of the name, where it is one.
    private static readonly string[] Units = ["seconds", "bytes"];

    /// <summary>Begins a family.</summary>
    /// <param name="family">The name of its samples; of a histogram, without their suffixes.</param>
    /// <param name="type">What they are.</param>
    /// <param name="help">What they mean, in a sentence.</param>
    /// <returns>Whether it is wanted. If not, its samples are for nobody: a source need not make them, and may.</returns>
    public abstract bool Begin(string family, MetricType type, string help);

    /// <summary>Writes a sample of the family.</summary>
    public abstract void Sample(long value, params ReadOnlySpan<MetricLabel> labels);

    /// <inheritdoc cref="Sample(long, ReadOnlySpan{MetricLabel})"/>
    public abstract void Sample(double value, params ReadOnlySpan<MetricLabel> labels);

    /// <summary>Writes the samples of a histogram.</summary>
    public abstract void Sample(DurationCounts counted, params ReadOnlySpan<MetricLabel> labels);

    /// <summary>Writes a moment as seconds since 1970, to the millisecond.</summary>
    public void Sample(DateTimeOffset at, params ReadOnlySpan<MetricLabel> labels) =>
        Sample(at.ToUnixTimeMilliseconds() / 1000.0, labels);

    /// <summary>Writes 1 for true, and 0.</summary>
    public void Sample(bool isSo, params ReadOnlySpan<MetricLabel> labels) => Sample(isSo ? 1L : 0L, labels);

    /// <summary>Sends what is written, once that is a piece. No lock is held by anybody who calls this.</summary>
    public abstract ValueTask SendIfFullAsync();

    /// <summary>The unit in a name: <c>seconds</c>, <c>bytes</c>; null where it has none.</summary>
    /// <param name="name">The name, without <c>_total</c>.</param>
    protected static string? UnitOf(string name) =>
        Array.Find(Units, unit => name.EndsWith($"_{unit}", StringComparison.Ordinal));

    /// <summary>The name of a counter without its ending, and any other as it is.</summary>
    protected static string WithoutTotal(string family, MetricType type) =>
        type == MetricType.Counter ? family[..^CounterSuffix.Length] : family;
}
