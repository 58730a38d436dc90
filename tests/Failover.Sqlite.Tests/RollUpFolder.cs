using System.Collections.Concurrent;

namespace Failover;

/// <summary>A folder of its own for a file of roll-ups, with the stores that are opened on it.</summary>
internal sealed class RollUpFolder : IDisposable
{
    private readonly StateFolder folder = new();

    /// <summary>Where the file stands.</summary>
    public string File => Path.Combine(folder.Place, "history.db");

    public string Place => folder.Place;

    public IEnumerable<string> Names => folder.Names;

    public ManualTime Time => folder.Time;

    /// <summary>When the clock began: a full hour.</summary>
    public DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What stores have warned of.</summary>
    public ConcurrentQueue<string> Warnings => folder.Warnings;

    public SqliteRollUpStore Store(
        Action? storing = null,
        TimeSpan? maxAge = null,
        long maxSize = 64 << 20,
        bool isInMemory = false,
        int mostRowsWaiting = 200_000
    )
    {
        SqliteRollUpStore store = new(isInMemory ? null : File, maxAge ?? Day(90), maxSize, Time, Warnings.Enqueue)
        {
            Storing = storing,
            MostRowsWaiting = mostRowsWaiting,
        };
        store.Open();
        return store;
    }

    /// <summary>Opens a store, has it store minutes, and closes it.</summary>
    public async Task StoreAsync(params RollUpBatch[] batches)
    {
        await using SqliteRollUpStore store = Store();
        foreach (RollUpBatch batch in batches)
        {
            store.Add(batch);
        }

        await store.WhenIdleAsync();
    }

    /// <summary>What a new store reads of a component, the newest first.</summary>
    public async Task<string?> ReadAsync(string component, RollUpPeriod by = RollUpPeriod.Minute)
    {
        await using SqliteRollUpStore store = Store();
        return await ReadAsync(store, component, by);
    }

    /// <summary>What a store reads of a component, the newest first; null where it knows none.</summary>
    public static async Task<string?> ReadAsync(
        SqliteRollUpStore store,
        string component,
        RollUpPeriod by = RollUpPeriod.Minute,
        DateTimeOffset since = default,
        int limit = 10_000
    ) =>
        await store.ReadAsync(new(component, by, since, limit), TestContext.Current.CancellationToken) is { } read
            ? string.Join("; ", read.Select(Text))
            : null;

    /// <summary>Asks the file itself, which must not be open.</summary>
    public string Ask(string query)
    {
        using SqliteFile file = SqliteFile.Open(File);
        return file.Text(query);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>A minute in which components served ok and each was probed so many times.</summary>
    public static RollUpBatch Minute(DateTimeOffset from, int probes, params string[] components) =>
        Batch(from, [.. components.Select(name => (name, Enumerable.Repeat(Second(1), probes).ToArray()))]);

    /// <summary>A minute in which components served ok and their probes took so long.</summary>
    public static RollUpBatch Batch(DateTimeOffset from, params (string Name, TimeSpan[] Took)[] components)
    {
        LatencySketch.Writer writer = new();
        List<RollUpRow> rows = [];
        foreach ((string name, TimeSpan[] took) in components)
        {
            LatencySketch sketch = new();
            foreach (TimeSpan one in took)
            {
                sketch.Add(LatencySketch.BucketOf(one));
            }

            int at = writer.Length;
            writer.Begin();
            sketch.WriteTo(writer);
            rows.Add(
                new(
                    name,
                    new(Second(50), Second(2), Second(1)),
                    took.Length,
                    took.DefaultIfEmpty().Max(),
                    at,
                    writer.Length - at
                )
            );
        }

        return new(from, [.. rows], writer.Written.ToArray());
    }

    private static string Text(LatencyRollUp read) =>
        FormattableString.Invariant(
            $"{read.From:dd HH:mm} {read.Times.Ok.TotalSeconds}/{read.Times.Fail.TotalSeconds}/{read.Times.Error.TotalSeconds} {read.Probes} {read.P50.TotalMilliseconds:0}<{read.P99.TotalMilliseconds:0}<{read.Longest.TotalMilliseconds:0}"
        );
}
