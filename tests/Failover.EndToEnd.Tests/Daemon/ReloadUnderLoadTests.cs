using System.Globalization;

namespace Failover;

/// <summary>A configuration that changes again and again while it is served: no poller notices.</summary>
public sealed class ReloadUnderLoadTests
{
    private const int Signals = 1000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_request_fails_and_what_is_unchanged_goes_on(bool closes)
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
            "on-demand-changed"
        );

        int longest = 0;
        int version = 0;
        while (!wrk.HasEnded)
        {
            await served.ReloadAsync(Configuration(up, down, ++version));
            int run = await RunIsAsync(served, "unchanged", _ => true);
            run.ShouldBeGreaterThanOrEqualTo(longest, "a run of evidence that has started over");
            longest = run;
            (await RunIsAsync(served, "changed", _ => true)).ShouldBeLessThan(longest);
        }

        await wrk.ShouldHaveSeenNothingButOkAsync();
        version.ShouldBeGreaterThan(10);
        longest.ShouldBeGreaterThan(20);
        string text = (await served.ReadAsync("configuration")).ToString();
        text.ShouldContain($"fail_after: {1_000_000 + version}");
        served.Log.ShouldNotContain("/unchanged ok -> ");
        served.Daemon.Process.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_in_requests_goes_on_and_one_under_another_threshold_begins_anew()
    {
        using Target up = Target.Started();
        await using ServedFolder served = await ServedFolder.WithAsync(Two(50, 50));
        await served.ServeAsync();
        await PollAsync("same", 48);
        await PollAsync("other", 48);

        await served.ReloadAsync(Two(50, 49));

        (await served.PollAsync("same")).ShouldBe("FAIL", "the 49th");
        (await served.PollAsync("same")).ShouldBe("OK", "the 50th");
        await PollAsync("other", 48);
        (await served.PollAsync("other")).ShouldBe("OK", "the 49th");

        async Task PollAsync(string component, int times)
        {
            for (int i = 0; i < times; i++)
            {
                (await served.PollAsync(component)).ShouldBe("FAIL", $"of {component}, the {i + 1}th");
            }
        }

        string Two(int same, int other) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                {ServedFolder.Top}
                components:
                  other:
                    hysteresis: {Task(up)}, initial_state: fail, ok_after: {other}{"}"}
                  same:
                    hysteresis: {Task(up)}, initial_state: fail, ok_after: {same}{"}"}
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
              on-demand-changed:
                hysteresis: {Task(up)}, initial_state: ok, ok_after: 1, fail_after: {2_000_000 + version}{"}"}

            """
        );

    private static string Task(Target target) =>
        string.Create(CultureInfo.InvariantCulture, $"{"{"}task: {"{"}tcp: 127.0.0.1:{target.Port}{"}"}");

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
