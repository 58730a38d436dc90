using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Failover;

public sealed class ComponentHealthCheckTests
{
    [Fact]
    public async Task A_cancelled_request_ends_and_the_probe_continues()
    {
        ScriptedCheck check = new() { Gate = new TaskCompletionSource() };
        await using HealthService service = new(TimeProvider.System);
        service.Add(new("mail", check));
        service.Start(_ => { }, _ => { });
        using CancellationTokenSource given = new();

        Task<HealthCheckResult> result = new ComponentHealthCheck(service, "mail").CheckHealthAsync(new(), given.Token);
        result.IsCompleted.ShouldBeFalse();
        await given.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() =>
            result.WaitAsync(Second(30), TestContext.Current.CancellationToken)
        );
        check.Gate.SetResult();
        await service.Engine.WhenIdleAsync();
        check.Probes.ShouldBe(1);
    }
}
