using System.Diagnostics;
using System.Globalization;

namespace Failover;

/// <summary>What a configuration took is given back when the next one takes its place.</summary>
public sealed class ReloadMemoryTests
{
    private const int Components = 90;
    private const int Settled = 200;
    private const int Reloads = 1000;

    // Measured: 101 MB after 200 reloads and 106 MB after 1,000. Where each reload leaves its graph referenced, 137 MB and 265 MB.
    private const long Slack = 20 << 20;

    [Fact]
    public async Task Memory_is_flat_over_a_thousand_reloads_of_an_unchanged_file()
    {
        using Target up = Target.Started();
        await using ServedFolder served = await ServedFolder.WithAsync(Configuration(up));
        await served.ServeAsync();
        await ReloadAsync(served, Settled);
        long settled = MemoryOf(served);

        await ReloadAsync(served, Reloads - Settled);

        MemoryOf(served).ShouldBeLessThan((settled * 13 / 10) + Slack, $"{settled} bytes after {Settled} reloads");
        served.Reloads.ShouldBe(Reloads);
        (await served.PollAsync("latch-0")).ShouldBe("OK");
    }

    private static async Task ReloadAsync(ServedFolder served, int times)
    {
        for (int i = 0; i < times; i++)
        {
            int before = served.Reloads;
            served.Daemon.Reload();
            while (served.Reloads == before)
            {
                served.Daemon.Process.HasEnded.ShouldBeFalse();
                // Real time: another process reloads, and less is waited than for other things, for there are a thousand of these.
                await Task.Delay(Second(0.001), TestContext.Current.CancellationToken);
            }
        }
    }

    private static long MemoryOf(ServedFolder served)
    {
        using Process process = Process.GetProcessById(served.Daemon.Process.Id);
        return process.WorkingSet64;
    }

    private static string Configuration(Target up)
    {
        string tcp = string.Create(CultureInfo.InvariantCulture, $"tcp: 127.0.0.1:{up.Port}");
        IEnumerable<string> components = Enumerable
            .Range(0, Components / 3)
            .Select(i =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$$"""
                      plain-{{{i}}}: {{{{tcp}}}}
                      loop-{{{i}}}:
                        background: {task: {hysteresis: {task: {{{{tcp}}}}, ok_after: 2, fail_after: 3}}, interval: 10m}
                      latch-{{{i}}}:
                        toggle:
                          to_fail:
                            hysteresis: {task: {{{{tcp}}}}, initial_state: ok, fail_after: 2}
                          to_ok:
                            oneshot: {auth: PASSWORDS}
                        on_post: to_ok.fire

                    """
                )
            );
        return $"{ServedFolder.Top}components:\n{string.Concat(components)}";
    }
}
