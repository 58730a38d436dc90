namespace Failover;

/// <summary>Metrics of connections, by the budget that they are counted in.</summary>
/// <param name="budgets">The budgets.</param>
internal sealed class ConnectionMetrics(ConnectionBudgets budgets) : IMetricSource
{
    /// <inheritdoc/>
    public ValueTask WriteAsync(MetricsWriter writer)
    {
        writer.Begin("failover_connections_open", MetricType.Gauge, "Connections that are open.");
        foreach (ConnectionBudget budget in budgets.All)
        {
            writer.Sample(budget.Open, Of(budget));
        }

        writer.Begin("failover_connections_max", MetricType.Gauge, "How many connections may be open.");
        foreach (ConnectionBudget budget in budgets.All)
        {
            writer.Sample(budget.Most, Of(budget));
        }

        writer.Begin(
            "failover_connections_closed_total",
            MetricType.Counter,
            "Connections that were closed for a cause of their budget's: replaced by a newcomer, refused, or silent."
        );
        foreach (ConnectionBudget budget in budgets.All)
        {
            foreach (ConnectionEnd cause in Enum.GetValues<ConnectionEnd>())
            {
                writer.Sample(
                    budget.Closed(cause),
                    Of(budget),
                    new MetricLabel("cause", ConnectionCounters.Word(cause))
                );
            }
        }

        return ValueTask.CompletedTask;
    }

    private static MetricLabel Of(ConnectionBudget budget) => new("budget", budget.Name);
}
