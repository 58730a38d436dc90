using System.Diagnostics;
using System.Threading.Channels;

namespace Failover;

/// <summary>A store with a latch, whose file a shell command takes away, beside an older copy of the file.</summary>
internal sealed class StoreUnderLoss : IAsyncDisposable
{
    private readonly CancellationTokenSource watching = new();
    private readonly Channel<StoreNotice> notices = Channel.CreateUnbounded<StoreNotice>();
    private SqliteStateStore? store;
    private Task watch = Task.CompletedTask;
    private string sub = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public StateFolder Folder { get; } = new();

    public SqliteStateStore Store => store!;

    /// <summary>Of the latch, which is <c>/mail</c>.</summary>
    public long Revision { get; private set; }

    /// <summary>A copy from when nothing was latched.</summary>
    public string Older => Path.Combine(Folder.Place, "older.db");

    /// <summary>The state file: in a folder of its own, where that is what is taken away.</summary>
    public string StatePath => Path.Combine(Folder.Place, sub, "state.db");

    public async ValueTask DisposeAsync()
    {
        await watching.CancelAsync();
        await watch;
        if (store is not null)
        {
            await store.DisposeAsync();
        }

        watching.Dispose();
        Folder.Dispose();
    }

    /// <summary>Stores the latch.</summary>
    /// <param name="subfolder">Where the state file stands: <c>sub</c>, <c>link</c>, which leads there, or the folder itself.</param>
    public async Task BeginAsync(string subfolder = "")
    {
        await Folder.StoreAsync(Stored.Write(Stored.Node("/node", "older")));
        File.Move(Folder.File, Older);
        Shell("mkdir sub; ln -s sub link");
        sub = subfolder;
        if (subfolder.Length == 0)
        {
            File.Copy(Older, Folder.File);
        }

        await OpenAsync();
        Revision = await Store.PersistAsync(
            new() { Latches = [Stored.Latch("/mail")], Nodes = [Stored.Node("/node")] }
        );

        // By then it waits: it does not look at the file in the middle of a command.
        for (int i = 0; i < 3; i++)
        {
            await Store.ReadPostsAsync(new(), Cancel);
        }
    }

    /// <summary>Opens the file and watches.</summary>
    public async Task<StoredState> OpenAsync()
    {
        await watch;
        store = NewStore();
        StoredState state = store.Load();
        watch = WatchAsync();
        return state;
    }

    /// <summary>What the next process loads.</summary>
    public async Task<StoredState> LoadAsync()
    {
        await using SqliteStateStore next = NewStore();
        return next.Load();
    }

    /// <summary>Waits for a notice.</summary>
    public async Task<TNotice> NextAsync<TNotice>()
        where TNotice : StoreNotice
    {
        while (true)
        {
            if (await notices.Reader.ReadAsync(Cancel).AsTask().WaitAsync(Minute(1), Cancel) is TNotice notice)
            {
                return notice;
            }
        }
    }

    /// <summary>Runs a command in the folder.</summary>
    public void Shell(string command) => Shell(Folder.Place, command);

    /// <inheritdoc cref="Shell(string)"/>
    public static void Shell(string folder, string command)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("sh", ["-c", $"set -e; {command}"]) { WorkingDirectory = folder }
        )!;
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }

    /// <summary>Waits until the store says so.</summary>
    public async Task UntilProblemAsync(string contains)
    {
        while (Store.Problem?.Contains(contains, StringComparison.Ordinal) != true)
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private SqliteStateStore NewStore() =>
        new(StatePath, TimeSpan.FromDays(90), 64 << 20, Folder.Time, Folder.Warnings.Enqueue);

    private async Task WatchAsync()
    {
        await foreach (StoreNotice notice in Store.WatchAsync(watching.Token))
        {
            notices.Writer.TryWrite(notice);
        }
    }
}
