namespace Failover;

/// <summary>HAProxy through reloads: process after process, each taking over from the one before.</summary>
internal sealed class HaproxyGenerations : IAsyncDisposable
{
    private readonly List<HaproxyServer> processes = [];

    private HaproxyGenerations(HaproxyServer first) => processes.Add(first);

    public int Port => processes[0].Port;

    /// <summary>Starts the first.</summary>
    /// <returns>It, or null where HAProxy is missing.</returns>
    public static async Task<HaproxyGenerations?> StartAsync(Bench bench, ChecksPlan plan) =>
        await HaproxyServer.StartAsync(bench, plan) is { } first ? new(first) : null;

    /// <summary>Has a new process take over from the newest, which is alone again before that.</summary>
    /// <returns>How long it took until the new one answered.</returns>
    public async Task<TimeSpan> ReloadAsync(CancellationToken stop)
    {
        foreach (HaproxyServer old in processes.SkipLast(1))
        {
            await old.WhenEndedAsync(stop);
        }

        (HaproxyServer next, TimeSpan elapsed) = await processes[^1].ReloadAsync(stop);
        processes.Add(next);
        return elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (HaproxyServer process in processes)
        {
            await process.DisposeAsync();
        }
    }
}
