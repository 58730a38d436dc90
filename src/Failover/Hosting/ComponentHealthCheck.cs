using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Failover;

/// <summary>A component as one of ASP.NET Core's health checks.</summary>
internal sealed class ComponentHealthCheck(HealthService service, string name) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        if (!service.TryFind(name, out Component? component))
        {
            throw new InvalidOperationException($"there is no component \"{name}\": add it with AddFailover");
        }

        Snapshot answer = await component!.AnswerAsync().AsTask().WaitAsync(cancellationToken);
        return answer.State == HealthState.Ok
            ? new HealthCheckResult(answer.HasWarning ? HealthStatus.Degraded : HealthStatus.Healthy, answer.Reason)
            : new HealthCheckResult(context.Registration.FailureStatus, answer.Reason);
    }
}
