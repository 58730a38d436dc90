namespace Failover;

/// <summary>HAProxy through reloads: process after process, each taking over from the one before.</summary>
internal sealed class HaproxyGenerations : IAsyncDisposable
{
    private readonly List<CheckingHaproxy> processes = [];

    private HaproxyGenerations(CheckingHaproxy first) => processes.Add(first);

    public int Port => processes[0].Port;

    public static async Task<HaproxyGenerations> StartAsync(Bench bench, ChecksPlan plan)
    {
        CheckingHaproxy first = await CheckingHaproxy.StartAsync(bench, plan);
        await first.WhenListeningAsync(bench.Stop);
        return new(first);
    }

    /// <summary>Has a new process take over from the newest, which is alone again before that.</summary>
    /// <returns>How long it took until the new one answered.</returns>
    public async Task<TimeSpan> ReloadAsync(CancellationToken stop)
    {
        foreach (CheckingHaproxy old in processes.SkipLast(1))
        {
            await old.WhenEndedAsync(stop);
        }

        (CheckingHaproxy next, TimeSpan elapsed) = await processes[^1].ReloadAsync(stop);
        processes.Add(next);
        return elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (CheckingHaproxy process in processes)
        {
            await process.DisposeAsync();
        }
    }
}
