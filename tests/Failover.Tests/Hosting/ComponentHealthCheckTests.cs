using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Failover;

public sealed class ComponentHealthCheckTests
{
    [Fact]
    public async Task It_ends_when_it_is_given_up_and_the_probe_goes_on()
    {
        ScriptedCheck check = new() { Gate = new TaskCompletionSource() };
        await using HealthService service = new(TimeProvider.System);
        service.Add(new("mail", check));
        service.Start(_ => { });
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
