namespace Failover;

/// <summary>What the values of a metric are.</summary>
internal enum MetricType
{
    /// <summary>The current value.</summary>
    Gauge,

    /// <summary>What only grows, from 0 at the start of the process. Its name ends with <c>_total</c>.</summary>
    Counter,

    /// <summary>Durations by length.</summary>
    Histogram,
}

/// <summary>A label of a sample.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value: any text.</param>
internal readonly record struct MetricLabel(string Name, string Value);
