namespace Failover;

/// <summary>Writes metrics of one part of the program, from the state that the part has anyhow: nothing is counted for it alone.</summary>
internal interface IMetricSource
{
    /// <summary>Whether they are as many as there are components. If not, there are few of them, however much is served.</summary>
    bool IsPerComponent => false;

    /// <summary>Writes them, family after family.</summary>
    ValueTask WriteAsync(MetricsWriter writer);
}
