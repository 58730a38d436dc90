namespace Failover;

/// <summary>Metrics of requests: polls and log-ins.</summary>
/// <param name="service">What is requested.</param>
internal sealed class ServiceMetrics(HealthService service) : IMetricSource
{
    private static readonly (PollAnswer Answer, string Word)[] Answers =
    [
        (PollAnswer.Ok, "ok"),
        (PollAnswer.Fail, "fail"),
        (PollAnswer.Error, "error"),
        (PollAnswer.NotFound, "not_found"),
    ];

    private static readonly (LoginOutcome Outcome, string Word)[] Outcomes =
    [
        (LoginOutcome.Passed, "passed"),
        (LoginOutcome.Challenge, "denied"),
        (LoginOutcome.WrongRole, "wrong_role"),
        (LoginOutcome.CrossSite, "cross_site"),
        (LoginOutcome.TooMany, "too_many"),
        (LoginOutcome.Unavailable, "unavailable"),
    ];

    /// <inheritdoc/>
    public ValueTask WriteAsync(MetricsWriter writer)
    {
        writer.Begin(
            "failover_polls_total",
            MetricType.Counter,
            "Polls of components that were answered, by the answer."
        );
        foreach ((PollAnswer answer, string word) in Answers)
        {
            writer.Sample(service.Polls.Of(answer), new MetricLabel("answer", word));
        }

        writer.Begin("failover_logins_total", MetricType.Counter, "Requests with credentials, by what came of them.");
        foreach ((LoginOutcome outcome, string word) in Outcomes)
        {
            writer.Sample(service.Logins.Of(outcome), new MetricLabel("outcome", word));
        }

        return ValueTask.CompletedTask;
    }
}
