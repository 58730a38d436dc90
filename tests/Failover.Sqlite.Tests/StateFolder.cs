using System.Collections.Concurrent;

namespace Failover;

/// <summary>A folder of its own for a state file, with the stores that are opened on it.</summary>
internal sealed class StateFolder : IDisposable
{
    // In memory where there is such a place: a test of what is asked of a disk does not need one, and waits for none.
    private const string Memory = "/dev/shm";

    private readonly DirectoryInfo folder = Directory.CreateDirectory(
        Path.Combine(Directory.Exists(Memory) ? Memory : Path.GetTempPath(), $"failover-state-{Guid.NewGuid():N}")
    );

    /// <summary>Where the state file stands.</summary>
    public string File => Path.Combine(folder.FullName, "state.db");

    /// <summary>Where the folder is.</summary>
    public string Place => folder.FullName;

    public ManualTime Time { get; } = new();

    /// <summary>What stores have warned of.</summary>
    public ConcurrentQueue<string> Warnings { get; } = [];

    /// <summary>The names of all that is in the folder.</summary>
    public IEnumerable<string> Names =>
        folder.EnumerateFileSystemInfos().Select(info => info.Name).Order(StringComparer.Ordinal);

    public SqliteStateStore Store(
        Action? storing = null,
        SqliteSchema? schema = null,
        long historyMaxSize = 64 << 20
    ) =>
        new(File, TimeSpan.FromDays(90), historyMaxSize, Time, Warnings.Enqueue)
        {
            Storing = storing,
            Schema = schema ?? SqliteSchema.Current,
        };

    /// <summary>Stores writes and closes.</summary>
    public async Task StoreAsync(params StateWrite[] writes)
    {
        await using SqliteStateStore store = Store();
        store.Load();
        foreach (StateWrite write in writes)
        {
            await store.PersistAsync(write);
        }
    }

    /// <summary>What a new store loads.</summary>
    public async Task<StoredState> LoadAsync()
    {
        await using SqliteStateStore store = Store();
        return store.Load();
    }

    /// <summary>Asks the file itself, which must not be open.</summary>
    public string Ask(string query)
    {
        using SqliteFile file = SqliteFile.Open(File);
        return file.Text(query);
    }

    /// <summary>Changes the file behind the store's back.</summary>
    public void Change(string sql)
    {
        using SqliteFile file = SqliteFile.Open(File);
        file.MayCheckpoint(atClose: true);
        file.Run(sql);
    }

    /// <summary>Takes away all that is in the folder.</summary>
    public void Clear()
    {
        foreach (FileInfo file in folder.EnumerateFiles())
        {
            file.Delete();
        }
    }

    public void Dispose() => folder.Delete(recursive: true);
}

/// <summary>Writes and rows for tests.</summary>
internal static class Stored
{
    public static StoredDelivery Delivery(int number) =>
        new(
            number,
            "all",
            new(
                FormattableString.Invariant($"told-{number}"),
                "alarm",
                NotificationStatus.Firing,
                NotificationTopics.State,
                NotificationSeverity.Critical,
                "/mail",
                "down",
                DateTimeOffset.UnixEpoch
            )
            {
                Component = "mail",
                State = HealthState.Fail,
            }
        );

    private static readonly DateTimeOffset Start = new(2026, 1, 31, 23, 59, 59, TimeSpan.Zero);

    public static StoredNode Node(string key, string state = "ok", string reason = "as it was", int second = 0) =>
        new(key, "toggle", $"print of {key}", state, reason, Start.AddSeconds(second).AddTicks(1_234_567));

    public static StoredComponent Component(string name, bool isLatched = false, string reason = "down") =>
        new(name, isLatched ? HealthState.Fail : HealthState.Ok, reason, Start, isLatched);

    public static StoredLatch Latch(
        string key,
        string reason = "down",
        HealthState state = HealthState.Fail,
        string id = "e1"
    ) => new(key, "toggle", $"print of {key}", state, id, IsAuthorised: true, [key, "other"], reason, Start);

    /// <summary>A proposal that ends a latch, with an entry for the audit.</summary>
    public static StateProposal Release(string key, long revision, string operation = "op") =>
        new(operation)
        {
            Releases = [new(Latch(key, state: HealthState.Ok, reason: "reset"), revision)],
            Post = Post(key),
        };

    public static StoredTransition Transition(string component, string reason = "down", DateTimeOffset? at = null) =>
        new(at ?? Start, component, HealthState.Ok, HealthState.Fail, reason, 7);

    public static StoredPost Post(string component, string? user = "ops", DateTimeOffset? at = null) =>
        new(at ?? Start, component, user, "192.0.2.7", "202 armed");

    public static StateWrite Write(params StoredNode[] nodes) => new() { Nodes = [.. nodes] };

    /// <summary>The keys of latches at fail.</summary>
    public static IEnumerable<string> Failed(this StoredState state) =>
        state.Latches.Where(latch => latch.State == HealthState.Fail).Select(latch => latch.Key);

    /// <summary>Whether the same nodes, components and latches are stored, whatever their revisions.</summary>
    public static bool IsLike(this StoredState state, StoredState other) =>
        state.Nodes.SequenceEqual(other.Nodes)
        && state.Components.SequenceEqual(other.Components)
        && state.Alarms.Select(alarm => alarm.Newest).SequenceEqual(other.Alarms.Select(alarm => alarm.Newest))
        && state.Deliveries.SequenceEqual(other.Deliveries)
        && Lines(state.Latches).SequenceEqual(Lines(other.Latches));

    /// <summary>Latches as text, without their revisions: their arrays are compared by content.</summary>
    public static IEnumerable<string> Lines(params IEnumerable<StoredLatch> latches) =>
        latches.Select(latch => $"{latch with { Revision = 0, Components = [] }} {string.Join('|', latch.Components)}");
}
