namespace Failover;

/// <summary>Metrics of notifications, by route.</summary>
/// <param name="service">Who delivers them.</param>
internal sealed class NotificationMetrics(HealthService service) : IMetricSource
{
    private static readonly (string Outcome, Func<RouteStatus, long> Count)[] Outcomes =
    [
        ("delivered", one => one.Delivered),
        ("given_up", one => one.GivenUp),
        ("dropped", one => one.Dropped),
    ];

    /// <inheritdoc/>
    public async ValueTask WriteAsync(MetricsWriter writer)
    {
        RouteStatus[] routes = [.. service.Routes];
        writer.Begin(
            "failover_notifications_total",
            MetricType.Counter,
            "Notifications, by route and by what came of them."
        );
        foreach (RouteStatus one in routes)
        {
            foreach ((string outcome, Func<RouteStatus, long> count) in Outcomes)
            {
                writer.Sample(count(one), Route(one), new MetricLabel("outcome", outcome));
            }

            await writer.SendIfFullAsync();
        }

        await WriteAsync(
            "failover_notification_failures_total",
            MetricType.Counter,
            "Attempts to send notifications that failed.",
            one => one.Failed
        );
        await WriteAsync(
            "failover_notifications_pending",
            MetricType.Gauge,
            "Notifications that are still to be delivered.",
            one => one.Waiting
        );
        await WriteAsync(
            "failover_notifications_given_up",
            MetricType.Gauge,
            "Notifications that were given up and can be sent again.",
            one => one.Dead.Length
        );
        await WriteAsync(
            "failover_notification_problem",
            MetricType.Gauge,
            "1 while the newest attempt to send notifications failed.",
            one => one.Problem is null ? 0 : 1
        );

        async ValueTask WriteAsync(string family, MetricType type, string help, Func<RouteStatus, long> value)
        {
            writer.Begin(family, type, help);
            foreach (RouteStatus one in routes)
            {
                writer.Sample(value(one), Route(one));
                await writer.SendIfFullAsync();
            }
        }
    }

    private static MetricLabel Route(RouteStatus one) => new("route", one.Route.Name);
}
