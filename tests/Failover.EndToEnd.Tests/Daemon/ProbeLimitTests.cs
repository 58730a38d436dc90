namespace Failover;

/// <summary>How many probes a daemon runs at a time, as its configuration says, also after a reload.</summary>
public sealed class ProbeLimitTests
{
    [Fact]
    public async Task A_probe_that_finds_no_place_is_an_error_until_a_reload_makes_more()
    {
        using SilentTarget silent = await SilentTarget.StartAsync();
        using Target target = Target.Started();
        string components = $$$"""
            reload: signal
            components:
              silent: {tcp: {host: 127.0.0.1, port: {{{silent.Port}}}, timeout: 1m}}
              target: {tcp: {host: 127.0.0.1, port: {{{target.Port}}}, timeout: 300ms}}
            """;
        using DaemonFiles files = await DaemonFiles.WithAsync($"probes: {{max_per_host: 1}}\n{components}");
        await using RunningDaemon daemon = await files.ServeAsync();

        Task<RawAnswer> hangs = RawConnection.GetAsync(daemon.Port, "/silent");
        await silent.SomebodyWaitsAsync();

        (await daemon.PollAsync("target")).ShouldBe("ERROR");
        (await daemon.ReadAsync("components/target"))
            .GetRawText()
            .ShouldContain("did not start within 300ms: probes of 127.0.0.1 are limited to 1 at a time");

        files.Write($"probes: {{max_per_host: 2}}\n{components}");
        daemon.Reload();
        await daemon.PollUntilAsync("target", "OK");
        hangs.IsCompleted.ShouldBeFalse("its probe goes on");

        await daemon.KillAsync();
        await Task.WhenAny(hangs);
    }

    [Fact]
    public async Task The_limits_of_a_reload_hold_for_the_probes_that_it_starts()
    {
        using SilentTarget silent = await SilentTarget.StartAsync();
        await using ServedFolder served = await ServedFolder.WithAsync(ServedFolder.Top + "components: {}\n");
        await served.ServeAsync();
        string components = string.Concat(
            Enumerable
                .Range(10, 40)
                .Select(i =>
                    $"  c{i}: {{tcp: {{host: 127.0.0.1, port: {silent.Port}, timeout: {i}m}}, interval: 1h}}\n"
                )
        );

        await served.ReloadAsync($"{ServedFolder.Top}probes: {{max_per_host: 2}}\ncomponents:\n{components}");
        await Eventually.IsAsync(() => silent.Attempts() >= 2, "two attempts to connect");

        silent.Attempts().ShouldBe(2);
        await served.Daemon.KillAsync();
    }
}
