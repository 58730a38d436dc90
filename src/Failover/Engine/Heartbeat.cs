namespace Failover;

/// <summary>Tells a store once a minute that the process lives: until then all that it keeps was so, and is worth going on from
/// after a restart.</summary>
internal sealed class Heartbeat : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly IStateStore store;
    private readonly TimeProvider time;
    private readonly ITimer timer;

    public Heartbeat(IStateStore store, TimeProvider time)
    {
        this.store = store;
        this.time = time;
        timer = time.CreateTimer(_ => Beat(), state: null, Interval, Interval);
        Beat();
    }

    /// <summary>Beats for the last time.</summary>
    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        Beat();
    }

    private void Beat() => _ = store.HandOverAsync(new StateWrite { AliveAt = time.GetUtcNow() });
}
