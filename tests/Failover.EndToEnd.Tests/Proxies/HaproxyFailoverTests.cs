namespace Failover;

/// <summary>HAProxy asks where traffic should be, as it does in production: a primary that is checked by way of Failover, and a
/// secondary as its backup.</summary>
public sealed class HaproxyFailoverTests : IAsyncLifetime
{
    private readonly string passwords = Path.GetTempFileName();
    private readonly Target primary = Target.Started("primary");
    private readonly Target secondary = Target.Started("secondary");

    public async ValueTask InitializeAsync() =>
        await Htpasswd.RunAsync("-cbB", "-C", "4", passwords, "alice", "secret");

    public ValueTask DisposeAsync()
    {
        primary.Dispose();
        secondary.Dispose();
        File.Delete(passwords);
        return ValueTask.CompletedTask;
    }

    private Hysteresis PrimaryIsDown => new(new TcpCheck("127.0.0.1", primary.Port), failAfter: Count(2));

    [Fact]
    public Task Traffic_fails_over_latches_and_comes_back_when_told_to_by_a_background_check() =>
        ProveAsync(new Background(PrimaryIsDown, interval: Second(0.1)));

    [Fact]
    public Task Traffic_fails_over_latches_and_comes_back_when_told_to_by_an_on_demand_check() =>
        ProveAsync(PrimaryIsDown);

    private async Task ProveAsync(HealthTask toFail)
    {
        Oneshot button = new(auth: new HtpasswdFile(passwords));
        await using HealthCheckServer failover = new(port: 0, host: "127.0.0.1") { Output = TextWriter.Null };
        failover.AddComponent("primary", new Toggle(toFail, toOk: button), onPost: button.Fire);
        await failover.StartAsync(TestContext.Current.CancellationToken);
        await using Proxy haproxy = await Haproxy.StartAsync(
            frontend: "",
            backend: $"""
            option httpchk GET /primary
                server primary 127.0.0.1:{primary.Port} check addr 127.0.0.1 port {failover.Port} inter 100ms fall 1 rise 1
                server secondary 127.0.0.1:{secondary.Port} backup
            """
        );
        Reset reset = new(failover.Port, "/primary");
        await TrafficGoesToAsync("primary");
        (await reset.PostAsync("alice", "secret")).ShouldBe("409 Nothing to reset");

        primary.Stop();
        await TrafficGoesToAsync("secondary");
        (await RawConnection.GetAsync(failover.Port, "/primary")).Body.ShouldBe("FAIL");

        primary.Start();
        for (int i = 0; i < 50; i++)
        {
            (await haproxy.GetAsync("/")).ShouldBe("200 secondary", "latched");
            (await RawConnection.GetAsync(failover.Port, "/primary")).Body.ShouldBe("FAIL");
            // Real time: for HAProxy to ask, and for the loop to look: several times in all.
            await Task.Delay(Second(0.02), TestContext.Current.CancellationToken);
        }

        (await reset.PostAsync("alice", "wrong")).ShouldBe("401 Unauthorized");
        (await haproxy.GetAsync("/")).ShouldBe("200 secondary");
        (await reset.PostAsync("alice", "secret")).ShouldBe("200 Armed");
        await TrafficGoesToAsync("primary");

        primary.Stop();
        await TrafficGoesToAsync("secondary");

        // Until HAProxy has asked again, it sends traffic to a server that is down, and says so itself.
        Task TrafficGoesToAsync(string server) =>
            Eventually.GetAsync(
                () => haproxy.GetAsync("/"),
                answer => string.Equals(answer, $"200 {server}", StringComparison.Ordinal),
                $"traffic to {server}"
            );
    }
}
