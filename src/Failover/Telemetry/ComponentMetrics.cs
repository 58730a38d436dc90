using System.Buffers;

namespace Failover;

/// <summary>Metrics of each component: what it serves, read once for all of them.</summary>
/// <param name="engine">Has the components.</param>
internal sealed class ComponentMetrics(HealthEngine engine) : IMetricSource
{
    private static readonly MetricLabel[] States = [new("state", "ok"), new("state", "fail"), new("state", "error")];
    private static readonly MetricLabel[] To = [new("to", "ok"), new("to", "fail"), new("to", "error")];

    private static readonly HealthState[] AllStates = [HealthState.Ok, HealthState.Fail, HealthState.Error];

    /// <inheritdoc/>
    public bool IsPerComponent => true;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(MetricsWriter writer)
    {
        IReadOnlyList<Component> components = engine.Components;
        Snapshot[] served = ArrayPool<Snapshot>.Shared.Rent(components.Count);
        bool isRead = false;
        try
        {
            await WriteServedAsync();
            await WriteCountsAsync(writer, components);
            await WriteCertificatesAsync(writer, components);
        }
        finally
        {
            // Snapshots that nobody serves any longer are not kept alive by it.
            ArrayPool<Snapshot>.Shared.Return(served, clearArray: isRead);
        }

        async ValueTask WriteServedAsync()
        {
            await WriteAsync(
                "failover_component_state",
                "1 for the state that the component serves, 0 for the others.",
                (name, snapshot) =>
                {
                    foreach (HealthState state in AllStates)
                    {
                        writer.Sample(snapshot.State == state, name, States[(int)state]);
                    }
                }
            );
            await WriteAsync(
                "failover_component_latched",
                "1 while latches make the component fail until they are reset, also beneath an override.",
                (name, snapshot) => writer.Sample(snapshot.IsLatched, name)
            );
            await WriteAsync(
                "failover_component_overridden",
                "1 while the component serves what a person or a maintenance window has decided.",
                (name, snapshot) => writer.Sample(snapshot.IsDictated, name)
            );
            await WriteAsync(
                "failover_component_guarded",
                "1 while the component serves ok because a guard delays its fail.",
                (name, snapshot) => writer.Sample(snapshot.IsGuarded, name)
            );
            await WriteAsync(
                "failover_component_since_timestamp_seconds",
                "When the component came to the state that it serves; missing where that is not known.",
                (name, snapshot) =>
                {
                    if (snapshot.Since is { } since)
                    {
                        writer.Sample(since, name);
                    }
                }
            );
        }

        async ValueTask WriteAsync(string family, string help, Action<MetricLabel, Snapshot> write)
        {
            if (!writer.Begin(family, MetricType.Gauge, help))
            {
                return;
            }

            // Once for all families, so that they agree.
            for (int i = 0; i < components.Count && !isRead; i++)
            {
                served[i] = components[i].LastKnown();
            }

            isRead = true;
            for (int i = 0; i < components.Count; i++)
            {
                write(Label(components[i]), served[i]);
                await writer.SendIfFullAsync();
            }
        }
    }

    private async ValueTask WriteCountsAsync(MetricsWriter writer, IReadOnlyList<Component> components)
    {
        if (
            writer.Begin(
                "failover_transitions_total",
                MetricType.Counter,
                "How often the component came to a state from another one."
            )
        )
        {
            foreach (Component component in components)
            {
                foreach (HealthState state in AllStates)
                {
                    writer.Sample(component.TransitionsTo(state), Label(component), To[(int)state]);
                }

                await writer.SendIfFullAsync();
            }
        }

        if (
            writer.Begin(
                "failover_component_probe_duration_seconds",
                MetricType.Histogram,
                "How long probes took that ended in ok or fail, of all checks of a component that has probe_histogram."
            )
        )
        {
            foreach (Component component in components.Where(one => one.Description.HasProbeHistogram))
            {
                if (engine.ProbeDurationsOf(component) is { } durations)
                {
                    writer.Sample(durations, Label(component));
                    await writer.SendIfFullAsync();
                }
            }
        }
    }

    private async ValueTask WriteCertificatesAsync(MetricsWriter writer, IReadOnlyList<Component> components)
    {
        if (
            !writer.Begin(
                "failover_certificate_expiry_timestamp_seconds",
                MetricType.Gauge,
                "Until when the certificates are valid that the checks of the component saw last: the earliest end in their chains."
            )
        )
        {
            return;
        }

        Dictionary<string, DateTimeOffset> ends = engine.CertificatesNow();
        foreach (Component component in components)
        {
            if (ends.TryGetValue(component.Name, out DateTimeOffset end))
            {
                writer.Sample(end, Label(component));
                await writer.SendIfFullAsync();
            }
        }
    }

    private static MetricLabel Label(Component component) => new("component", component.Name);
}
