using System.Buffers;

namespace Failover;

/// <summary>Metrics of each component: what it serves, read once for all of them.</summary>
/// <param name="engine">Has the components.</param>
internal sealed class ComponentMetrics(HealthEngine engine) : IMetricSource
{
    private const string Component = "component";

    private static readonly MetricLabel[] States = [new("state", "ok"), new("state", "fail"), new("state", "error")];
    private static readonly MetricLabel[] To = [new("to", "ok"), new("to", "fail"), new("to", "error")];

    private static readonly HealthState[] AllStates = [HealthState.Ok, HealthState.Fail, HealthState.Error];

    /// <inheritdoc/>
    public async ValueTask WriteAsync(MetricsWriter writer)
    {
        IReadOnlyList<Component> components = engine.Components;
        Snapshot[] served = ArrayPool<Snapshot>.Shared.Rent(components.Count);
        try
        {
            for (int i = 0; i < components.Count; i++)
            {
                served[i] = components[i].LastKnown();
            }

            await WriteAsync(writer, components, served);
        }
        finally
        {
            // Snapshots that nobody serves any longer are not kept alive by it.
            ArrayPool<Snapshot>.Shared.Return(served, clearArray: true);
        }
    }

    private async ValueTask WriteAsync(MetricsWriter writer, IReadOnlyList<Component> components, Snapshot[] served)
    {
        writer.Begin("failover_components", MetricType.Gauge, "Components that are served.");
        writer.Sample(components.Count);
        writer.Begin(
            "failover_component_state",
            MetricType.Gauge,
            "1 for the state that the component serves, 0 for the others."
        );
        await ForEachAsync(
            (name, _, snapshot) =>
            {
                foreach (HealthState state in AllStates)
                {
                    writer.Sample(snapshot.State == state, name, States[(int)state]);
                }
            }
        );
        writer.Begin(
            "failover_component_latched",
            MetricType.Gauge,
            "1 while latches make the component fail until they are reset, also beneath an override."
        );
        await ForEachAsync((name, _, snapshot) => writer.Sample(snapshot.IsLatched, name));
        writer.Begin(
            "failover_component_overridden",
            MetricType.Gauge,
            "1 while the component serves what a person or a maintenance window has decided."
        );
        await ForEachAsync((name, _, snapshot) => writer.Sample(snapshot.IsDictated, name));
        writer.Begin(
            "failover_component_guarded",
            MetricType.Gauge,
            "1 while the component serves ok because a guard delays its fail."
        );
        await ForEachAsync((name, _, snapshot) => writer.Sample(snapshot.IsGuarded, name));
        writer.Begin(
            "failover_component_since_timestamp_seconds",
            MetricType.Gauge,
            "When the component came to the state that it serves; missing where that is not known."
        );
        await ForEachAsync(
            (name, _, snapshot) =>
            {
                if (snapshot.Since is { } since)
                {
                    writer.Sample(since, name);
                }
            }
        );
        writer.Begin(
            "failover_transitions_total",
            MetricType.Counter,
            "How often the component came to a state from another one."
        );
        await ForEachAsync(
            (name, component, _) =>
            {
                foreach (HealthState state in AllStates)
                {
                    writer.Sample(component.TransitionsTo(state), name, To[(int)state]);
                }
            }
        );
        Dictionary<string, DateTimeOffset> ends = engine.CertificatesNow();
        writer.Begin(
            "failover_certificate_expiry_timestamp_seconds",
            MetricType.Gauge,
            "Until when the certificates are valid that the checks of the component saw last: the earliest end in their chains."
        );
        await ForEachAsync(
            (name, component, _) =>
            {
                if (ends.TryGetValue(component.Name, out DateTimeOffset end))
                {
                    writer.Sample(end, name);
                }
            }
        );

        async ValueTask ForEachAsync(Action<MetricLabel, Component, Snapshot> write)
        {
            for (int i = 0; i < components.Count; i++)
            {
                write(new(Component, components[i].Name), components[i], served[i]);
                await writer.SendIfFullAsync();
            }
        }
    }
}
