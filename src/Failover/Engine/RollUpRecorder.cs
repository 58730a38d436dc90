namespace Failover;

/// <summary>Makes a roll-up of each minute of what an engine does, and has it stored. It runs on the pool: where that is starved, roll-ups
/// are late or lost, and nothing else is.</summary>
internal sealed class RollUpRecorder : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly HealthEngine engine;
    private readonly IRollUpStore store;
    private readonly List<ArraySegment<HistoryEntry>> pages = [];
    private readonly Lock gate = new();
    private RollUpBuilder? builder;
    private ITimer? timer;
    private int isWoken;

    /// <summary>Makes one; nothing is recorded before <see cref="Start"/>.</summary>
    public RollUpRecorder(HealthEngine engine, IRollUpStore store) => (this.engine, this.store) = (engine, store);

    private TimeProvider Time => engine.Clock.Time;

    /// <summary>Opens the store, and begins.</summary>
    /// <exception cref="StateStoreException">Another process has its file open.</exception>
    public void Start()
    {
        store.Open();
        lock (gate)
        {
            builder = new(store.Add, engine.Clock.Now, Time.GetUtcNow());
            timer = Time.CreateTimer(
                static recorder => ((RollUpRecorder)recorder!).Record(isLast: false),
                this,
                TillNextMinute(),
                Timeout.InfiniteTimeSpan
            );
        }
    }

    /// <summary>There is much to be taken. Under no lock.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref isWoken, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static recorder =>
                {
                    Volatile.Write(ref recorder.isWoken, 0);
                    recorder.Record(isLast: false);
                },
                this,
                preferLocal: false
            );
        }
    }

    /// <summary>Ends the open minute, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        Record(isLast: true);
        await store.DisposeAsync();
    }

    private void Record(bool isLast)
    {
        lock (gate)
        {
            if (builder is null)
            {
                return;
            }

            engine.TakeHistory(pages);
            Instant now = engine.Clock.Now;
            DateTimeOffset wall = Time.GetUtcNow();
            builder.Add(pages, now, wall);
            pages.ForEach(page => Array.Clear(page.Array!));
            engine.GiveBackHistory(pages);
            if (isLast)
            {
                builder.End(now, wall);
                builder = null;
                timer?.Dispose();
            }
            else
            {
                timer?.Change(TillNextMinute(), Timeout.InfiniteTimeSpan);
            }
        }
    }

    // A little later than that: a timer of the system may elapse a moment early.
    private TimeSpan TillNextMinute() =>
        Every - TimeSpan.FromTicks(Time.GetUtcNow().UtcTicks % Every.Ticks) + TimeSpan.FromMilliseconds(20);
}
