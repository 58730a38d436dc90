namespace Failover;

/// <summary>Metrics of the daemon itself: what it is, its reloads, and what it could not write.</summary>
/// <param name="status">How it is.</param>
/// <param name="rollUps">Where roll-ups are kept; null: nowhere.</param>
/// <param name="log">The log.</param>
internal sealed class DaemonMetrics(DaemonStatus status, IRollUpStore? rollUps, EventLog log) : IMetricSource
{
    /// <inheritdoc/>
    public ValueTask WriteAsync(MetricsWriter writer)
    {
        writer.Begin("failover_build_info", MetricType.Gauge, "Always 1; which version runs, on which runtime.");
        writer.Sample(
            1,
            new MetricLabel("version", DaemonStatus.Version),
            new MetricLabel("runtime", Environment.Version.ToString())
        );
        writer.Begin(
            "failover_reloads_total",
            MetricType.Counter,
            "Reloads of the configuration, by what came of them."
        );
        writer.Sample(status.Accepted, new MetricLabel("outcome", "accepted"));
        writer.Sample(status.Rejected, new MetricLabel("outcome", "rejected"));
        writer.Begin(
            "failover_config_last_reload_successful",
            MetricType.Gauge,
            "1 while the newest configuration is the one that is served, 0 while it is rejected."
        );
        writer.Sample(status.IsNewestServed);
        writer.Begin(
            "failover_config_last_reload_success_timestamp_seconds",
            MetricType.Gauge,
            "When the configuration that is served was read."
        );
        writer.Sample(status.LoadedAt);
        writer.Begin(
            "failover_history_problem",
            MetricType.Gauge,
            "1 while roll-ups by minute and hour cannot be stored."
        );
        writer.Sample(rollUps?.Problem is not null);
        writer.Begin(
            "failover_dropped_log_lines_total",
            MetricType.Counter,
            "Lines of the log that its output did not take in time."
        );
        writer.Sample(log.DroppedLines);
        return ValueTask.CompletedTask;
    }
}
