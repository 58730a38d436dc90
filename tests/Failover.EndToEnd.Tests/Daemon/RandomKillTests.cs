using System.Diagnostics;

namespace Failover;

/// <summary>A daemon that is killed at moments that nobody has chosen, while components fail and are reset: each start goes on
/// from the one before.</summary>
public sealed class RandomKillTests
{
    private const int Killed = 128 + 9;

    private static readonly TimeSpan LongestEnd = Second(10);

    [Fact]
    public Task Kills_lose_no_latch_and_no_reset_and_invent_none() => KillAgainAndAgainAsync(kills: 40);

    /// <summary><c>./build.sh soak --kills</c></summary>
    [Fact(Explicit = true)]
    public Task A_thousand_kills_lose_no_latch_and_no_reset_and_invent_none() => KillAgainAndAgainAsync(kills: 1000);

    private static async Task KillAgainAndAgainAsync(int kills)
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        LatchedComponent[][] components = await Task.WhenAll(
            KillAgainAndAgainAsync(new Random(seed), kills / 2),
            KillAgainAndAgainAsync(new Random(seed + 1), kills / 2)
        );

        // Otherwise no entries that could have been lost.
        components.SelectMany(one => one).Sum(component => component.Resets).ShouldBeGreaterThan(kills / 4);
    }

    private static async Task<LatchedComponent[]> KillAgainAndAgainAsync(Random random, int kills)
    {
        LatchedComponent[] components = [new("mail"), new("web"), new("files")];
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $"components:\n{string.Concat(components.Select(component => component.Yaml))}"
        );
        TimeSpan start = Second(0);
        for (int i = 0; i < kills; i++)
        {
            long started = Stopwatch.GetTimestamp();
            await using ChildProcess process = files.Start();
            // One in five while it starts; the others while it serves, for as long as it took to start.
            Task killing =
                i > 0 && random.Next(5) == 0 ? KillAsync(process, start * random.NextDouble()) : Task.CompletedTask;
            try
            {
                RunningDaemon daemon = await RunningDaemon.WhenServingAsync(process);
                start = Stopwatch.GetElapsedTime(started);
                killing = Task.WhenAll(killing, KillAsync(process, start * random.NextDouble()));
                await Task.WhenAll(components.Select(component => FailAndResetAsync(component, daemon)));
            }
            catch (DaemonDiedException) { }

            await killing;
            (await process.ExitCodeAsync(LongestEnd)).ShouldBe(Killed, process.ToString());
        }

        await using RunningDaemon last = await files.ServeAsync();
        foreach (LatchedComponent component in components)
        {
            await component.CheckAsync(last);
            component.Dispose();
        }

        return components;
    }

    private static async Task FailAndResetAsync(LatchedComponent component, RunningDaemon daemon)
    {
        await component.CheckAsync(daemon);
        while (true)
        {
            await (component.IsLatched ? component.ResetAsync(daemon) : component.FailAsync(daemon));
        }
    }

    private static async Task KillAsync(ChildProcess process, TimeSpan after)
    {
        // Real time: any moment of another process is what is wanted.
        await Task.Delay(after);
        await process.KillAsync();
    }
}
