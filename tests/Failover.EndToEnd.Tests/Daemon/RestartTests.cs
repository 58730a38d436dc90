namespace Failover;

/// <summary>What the next daemon goes on from.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly LatchedComponent mail = new("mail");

    public void Dispose() => mail.Dispose();

    [Fact]
    public async Task A_latch_stays_until_a_reset_and_the_reset_stays_too()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync($"components:\n{mail.Yaml}");
        await using (RunningDaemon first = await files.ServeAsync())
        {
            (await first.PollAsync("mail")).ShouldBe("OK");
            await mail.FailAsync(first);
            await first.KillAsync();
        }

        await using (RunningDaemon second = await files.ServeAsync())
        {
            (await second.PollAsync("mail")).ShouldBe("FAIL");
            await mail.ResetAsync(second);
            await second.KillAsync();
        }

        await using RunningDaemon third = await files.ServeAsync();
        (await third.PollAsync("mail")).ShouldBe("OK");
        await third.StopAsync();
    }

    [Fact]
    public async Task A_latch_stays_under_another_description()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync($"components:\n{mail.Yaml}");
        await using (RunningDaemon first = await files.ServeAsync())
        {
            await mail.FailAsync(first);
            await first.StopAsync();
        }

        files.Write($"defaults: {{timeout: 9s}}\ncomponents:\n{mail.Yaml}");
        await using RunningDaemon second = await files.ServeAsync();
        (await second.PollAsync("mail")).ShouldBe("FAIL");
        await mail.ResetAsync(second);
    }

    [Fact]
    public async Task Without_a_file_everything_starts_in_its_initial_state()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync($"state: memory\ncomponents:\n{mail.Yaml}");
        await using (RunningDaemon first = await files.ServeAsync())
        {
            await mail.FailAsync(first);
            await first.StopAsync();
        }

        await using RunningDaemon second = await files.ServeAsync();
        (await second.PollAsync("mail")).ShouldBe("OK");
        File.Exists(files.State).ShouldBeFalse();
    }

    [Fact]
    public async Task A_background_component_keeps_its_state_until_its_first_result_also_under_another_description()
    {
        using SilentTarget target = await SilentTarget.StartAsync();
        using DaemonFiles files = await DaemonFiles.WithAsync(Background(target, "10m"));
        await using (RunningDaemon first = await files.ServeAsync())
        {
            await target.SomebodyWaitsAsync();
            (await first.PollAsync("web")).ShouldBe("FAIL");
            target.Accept();
            await first.PollUntilAsync("web", "OK");
            // An ok is served at once and stored afterwards: only a daemon that stops has stored it for sure.
            await first.StopAsync();
        }

        await target.BeSilentAsync();
        await using (RunningDaemon second = await files.ServeAsync())
        {
            await target.SomebodyWaitsAsync();
            (await second.PollAsync("web")).ShouldBe("OK");
            await second.KillAsync();
        }

        files.Write(Background(target, "11m"));
        await using RunningDaemon third = await files.ServeAsync();
        await target.SomebodyWaitsAsync();
        (await third.PollAsync("web")).ShouldBe("OK", "the state belongs to the path");
    }

    private static string Background(SilentTarget target, string interval) =>
        $$"""
            components:
              web:
                background:
                  initial_state: fail
                  interval: {{interval}}
                  task:
                    tcp: {host: 127.0.0.1, port: {{target.Port}}, timeout: 30s}
            """;
}
