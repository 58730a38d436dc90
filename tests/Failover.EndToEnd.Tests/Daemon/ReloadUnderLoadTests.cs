using System.Globalization;

namespace Failover;

/// <summary>A configuration that changes again and again while it is served: no poller notices.</summary>
public sealed class ReloadUnderLoadTests
{
    private const int Signals = 1000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_request_fails_and_runs_go_on_unless_what_they_count_is_another(bool closes)
    {
        using Target up = Target.Started();
        using Target down = new();
        await using ServedFolder served = await ServedFolder.WithAsync(Configuration(up, down, 0));
        await served.ServeAsync();
        await RunIsAsync(served, "unchanged", run => run >= 3);
        await using Wrk wrk = await Wrk.StartAsync(
            served.Port,
            Second(5),
            closes,
            "on-demand",
            "memory",
            "unchanged",
            "changed",
            "changed-below",
            "on-demand-changed"
        );

        int longest = 0;
        int longestChanged = 0;
        int version = 0;
        while (!wrk.HasEnded)
        {
            await served.ReloadAsync(Configuration(up, down, ++version));
            int run = await RunIsAsync(served, "unchanged", _ => true);
            run.ShouldBeGreaterThanOrEqualTo(longest, "a run of evidence that has started over");
            longest = run;
            run = await RunIsAsync(served, "changed", _ => true);
            run.ShouldBeGreaterThanOrEqualTo(longestChanged, "only the threshold is another");
            longestChanged = run;
        }

        await wrk.ShouldHaveSeenNothingButOkAsync();
        version.ShouldBeGreaterThan(10);
        longest.ShouldBeGreaterThan(20);
        longestChanged.ShouldBeGreaterThan(20);
        (await RunIsAsync(served, "changed-below", _ => true)).ShouldBeLessThan(longest, "its check is another");
        string text = (await served.ReadAsync("configuration")).ToString();
        text.ShouldContain($"fail_after: {1_000_000 + version}");
        served.Log.ShouldNotContain("/unchanged ok -> ");
        served.Daemon.Process.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_streak_continues_under_another_threshold_and_restarts_with_another_check()
    {
        using Target up = Target.Started();
        await using ServedFolder served = await ServedFolder.WithAsync(Three(threshold: 50, version: 0));
        await served.ServeAsync();
        await FailAsync("same", 48);
        await FailAsync("threshold", 48);
        await FailAsync("check", 48);

        await served.ReloadAsync(Three(threshold: 51, version: 1));

        await FailAsync("same", 1);
        (await served.PollAsync("same")).ShouldBe("OK", "the 50th");
        await FailAsync("threshold", 2);
        (await served.PollAsync("threshold")).ShouldBe("OK", "the 51st");
        await FailAsync("check", 49);
        (await served.PollAsync("check")).ShouldBe("OK", "the 50th of the new check");

        async Task FailAsync(string component, int times)
        {
            for (int i = 0; i < times; i++)
            {
                (await served.PollAsync(component)).ShouldBe("FAIL", $"of {component}, the {i + 1}th");
            }
        }

        string Three(int threshold, int version) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                {ServedFolder.Top}
                components:
                  same:
                    hysteresis: {Task(up)}, initial_state: fail, ok_after: 50{"}"}
                  threshold:
                    hysteresis: {Task(up)}, initial_state: fail, ok_after: {threshold}{"}"}
                  check:
                    hysteresis: {Task(up, version)}, initial_state: fail, ok_after: 50{"}"}
                """
            );
    }

    [Fact]
    public async Task A_storm_of_signals_comes_to_a_few_reloads_and_the_last_content_is_in_force()
    {
        using Target up = Target.Started();
        using Target down = new();
        await using ServedFolder served = await ServedFolder.WithAsync(Configuration(up, down, 0));
        await served.ServeAsync();

        for (int i = 1; i <= Signals; i++)
        {
            if (i % 100 == 0)
            {
                served.Write(ServedFolder.Main, Configuration(up, down, i));
                (await served.PollAsync("on-demand-changed")).ShouldBe("OK");
                (await served.PollAsync("memory")).ShouldBe("OK");
            }

            served.Daemon.Reload();
        }

        await Eventually.GetAsync(
            () => served.ReadAsync("configuration"),
            document => document.ToString().Contains($"fail_after: {1_000_000 + Signals}", StringComparison.Ordinal),
            "the last content"
        );
        (await served.PollAsync("on-demand")).ShouldBe("OK");
        served.Reloads.ShouldBeInRange(1, Signals / 4);
        served.Refusals.ShouldBe(0);
        await served.ReloadAsync(Configuration(up, down, 0));
    }

    private static string Configuration(Target up, Target down, int version) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {ServedFolder.Top}
            tasks:
              up:
                tcp: 127.0.0.1:{up.Port}
            components:
              extra-{version}: {"{"}ref: up{"}"}
              on-demand: {"{"}ref: up{"}"}
              memory:
                background: {Task(up)}, interval: 100ms{"}"}
              unchanged:
                background:
                  interval: 20ms
                  task:
                    hysteresis: {Task(down)}, initial_state: ok, ok_after: 1, fail_after: 1000000{"}"}
              changed:
                background:
                  interval: 20ms
                  task:
                    hysteresis: {Task(down)}, initial_state: ok, ok_after: 1, fail_after: {1_000_000 + version}{"}"}
              changed-below:
                background:
                  interval: 20ms
                  task:
                    hysteresis: {Task(down, version)}, initial_state: ok, ok_after: 1, fail_after: 1000000{"}"}
              on-demand-changed:
                hysteresis: {Task(up)}, initial_state: ok, ok_after: 1, fail_after: {2_000_000 + version}{"}"}

            """
        );

    // Another version is another description of the same target.
    private static string Task(Target target, int version = 0) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{task: {tcp: {host: 127.0.0.1, port: {{{target.Port}}}, timeout: {{{10_000 + version}}}ms}}"""
        );

    // The length of the run of evidence against the state of a component.
    private static async Task<int> RunIsAsync(ServedFolder served, string component, Func<int, bool> isAwaited) =>
        await Eventually.GetAsync(
            async () =>
            {
                string reason = (await served.ReadAsync($"components/{component}")).GetProperty("reason").GetString()!;
                int end = reason.IndexOf(" in a row", StringComparison.Ordinal);
                return end < 0
                    ? 0
                    : int.Parse(reason[(reason.LastIndexOf(' ', end - 1) + 1)..end], CultureInfo.InvariantCulture);
            },
            isAwaited,
            $"a run of {component}"
        );
}
