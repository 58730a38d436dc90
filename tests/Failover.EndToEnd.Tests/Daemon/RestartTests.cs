namespace Failover;

/// <summary>What the next daemon goes on from.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task A_latch_stays_until_a_reset_and_the_reset_stays_too()
    {
        using Target target = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            components:
              mail:
                toggle:
                  to_fail:
                    tcp: 127.0.0.1:{{target.Port}}
                  to_ok:
                    oneshot: {auth: PASSWORDS}
                on_post: to_ok.fire
            """
        );
        await using (RunningDaemon first = await files.ServeAsync())
        {
            (await first.PollAsync("mail")).ShouldBe("OK");
            target.Stop();
            (await first.PollAsync("mail")).ShouldBe("FAIL");
            target.Start();
            await first.KillAsync();
        }

        await using (RunningDaemon second = await files.ServeAsync())
        {
            (await second.PollAsync("mail")).ShouldBe("FAIL");
            (await second.PostAsync("mail")).ShouldBe("200 Armed");
            await second.KillAsync();
        }

        await using RunningDaemon third = await files.ServeAsync();
        (await third.PollAsync("mail")).ShouldBe("OK");
        await third.StopAsync();
    }
}
