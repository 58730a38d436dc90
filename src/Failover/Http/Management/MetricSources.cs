using System.Collections.Immutable;

namespace Failover;

/// <summary>All metrics that there are, in the order in which they are served: one list for all forms.</summary>
internal static class MetricSources
{
    /// <summary>All that a service has, and then what its program adds.</summary>
    public static ImmutableArray<IMetricSource> Of(HealthService service, IManagementSource source) =>
        [
            new ComponentMetrics(service.Engine),
            new EngineMetrics(service.Engine),
            new ServiceMetrics(service),
            new NotificationMetrics(service),
            .. source.Metrics,
        ];
}
