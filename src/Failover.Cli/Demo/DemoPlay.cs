namespace Failover;

/// <summary>What happens around the daemon of the demo: three targets that fail and recover, and a poller.</summary>
internal sealed class DemoPlay(DemoRhythm rhythm) : IAsyncDisposable
{
    // In the order of DemoFolder. The last one is the one that latches: it is the first to fail.
    private readonly DemoTarget[] targets = [new("mail1"), new("mail2"), new("mail-u5")];

    public IReadOnlyList<int> Ports => [.. targets.Select(target => target.Port)];

    public Task StartTargetsAsync() => Task.WhenAll(targets.Select(target => target.StartAsync()));

    /// <summary>Goes on until it is stopped.</summary>
    /// <param name="port">Where the daemon serves.</param>
    /// <param name="log">Takes what happens to the targets.</param>
    /// <param name="stop">Stops it.</param>
    public Task RunAsync(int port, EventLog log, CancellationToken stop) =>
        Task.WhenAll([
            DemoPoller.RunAsync(port, rhythm.Poll, stop),
            .. targets.Reverse().Select((target, index) => FailAndRecoverAsync(target, Turn(index), log, stop)),
        ]);

    public async ValueTask DisposeAsync()
    {
        foreach (DemoTarget target in targets)
        {
            await target.DisposeAsync();
        }
    }

    // One after the other.
    private TimeSpan Turn(int index) => rhythm.Up * (index + 1) / (targets.Length + 1);

    private async Task FailAndRecoverAsync(DemoTarget target, TimeSpan first, EventLog log, CancellationToken stop)
    {
        try
        {
            await Task.Delay(first, TimeProvider.System, stop);
            while (true)
            {
                log.WriteInfo(LogEvents.Demo, $"--- target {target.Name} stops");
                await target.StopAsync();
                await Task.Delay(rhythm.Down, TimeProvider.System, stop);
                log.WriteInfo(LogEvents.Demo, $"--- target {target.Name} is up again");
                await target.StartAsync();
                await Task.Delay(rhythm.Up, TimeProvider.System, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The demo ends.
        }
    }
}
