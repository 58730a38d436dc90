namespace Failover;

/// <summary>Metrics of an engine: its probes, its loops, its guards, its store, and what it has dropped.</summary>
/// <param name="engine">The engine.</param>
internal sealed class EngineMetrics(HealthEngine engine) : IMetricSource
{
    /// <inheritdoc/>
    public async ValueTask WriteAsync(MetricsWriter writer)
    {
        EngineCounts counts = engine.CountsNow();
        writer.Begin("failover_components", MetricType.Gauge, "Components that are served.");
        writer.Sample(engine.Components.Count);
        WriteProbes(writer, counts);
        await writer.SendIfFullAsync();
        IReadOnlyList<GuardSnapshot> guards = engine.GuardsNow();
        writer.Begin("failover_guard_tripped", MetricType.Gauge, "1 while more components of the guard fail than may.");
        foreach (GuardSnapshot guard in guards)
        {
            writer.Sample(guard.IsTripped, new MetricLabel("guard", guard.Name));
            await writer.SendIfFullAsync();
        }

        writer.Begin("failover_guard_failing_components", MetricType.Gauge, "How many components of the guard fail.");
        foreach (GuardSnapshot guard in guards)
        {
            writer.Sample(guard.Failing, new MetricLabel("guard", guard.Name));
            await writer.SendIfFullAsync();
        }

        WriteStore(writer);
        writer.Begin(
            "failover_dropped_events_total",
            MetricType.Counter,
            "Events that the log or a stream of events did not take in time."
        );
        writer.Sample(engine.Events.MissedInAll);
        writer.Begin(
            "failover_dropped_history_entries_total",
            MetricType.Counter,
            "Probes and changes that roll-ups by minute and hour lack, as they were not taken in time."
        );
        writer.Sample(counts.HistoryLost);
    }

    private static void WriteProbes(MetricsWriter writer, EngineCounts counts)
    {
        writer.Begin(
            "failover_probes_total",
            MetricType.Counter,
            "Probes that have ended, by the kind of check and by what they saw."
        );
        foreach (ProbeCounts kind in counts.Probes)
        {
            MetricLabel check = new("check", kind.Kind);
            writer.Sample(kind.Ended(HealthState.Ok), check, new("outcome", "ok"));
            writer.Sample(kind.Ended(HealthState.Fail), check, new("outcome", "fail"));
            writer.Sample(kind.Ended(HealthState.Error), check, new("outcome", "error"));
        }

        writer.Begin(
            "failover_probe_duration_seconds",
            MetricType.Histogram,
            "How long probes took that ended in ok or fail, by the kind of check."
        );
        foreach (ProbeCounts kind in counts.Probes)
        {
            writer.Sample(kind.Durations, new MetricLabel("check", kind.Kind));
        }

        writer.Begin(
            "failover_background_lateness_seconds",
            MetricType.Histogram,
            "How much later than scheduled turns of background loops began."
        );
        writer.Sample(counts.Lateness);
    }

    private void WriteStore(MetricsWriter writer)
    {
        writer.Begin(
            "failover_store_pending",
            MetricType.Gauge,
            "Writes of latches, resets and overrides that the state store has not acknowledged."
        );
        writer.Sample(engine.StoreCounts.Pending);
        writer.Begin(
            "failover_store_commit_duration_seconds",
            MetricType.Histogram,
            "How long the state store took to acknowledge writes of latches, resets and overrides."
        );
        writer.Sample(engine.StoreCounts.Durations);
        writer.Begin(
            "failover_store_problem",
            MetricType.Gauge,
            "1 while the state store does not store, or has lost what was stored."
        );
        writer.Sample(engine.StoreProblem is not null);
    }
}
