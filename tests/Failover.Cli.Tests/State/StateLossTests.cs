using System.Diagnostics;
using System.Threading.Channels;

namespace Failover;

/// <summary>The state file is removed or replaced while it is in use.</summary>
public sealed class StateLossTests : IAsyncDisposable
{
    private static readonly StateWrite Whole = new()
    {
        IsWhole = true,
        Nodes = [Stored.Node("/node", "whole")],
        Components = [Stored.Component("mail", isLatched: true)],
        Latches = [Stored.Latch("/mail", "whole")],
    };

    private readonly StateFolder folder = new();
    private readonly CancellationTokenSource watching = new();
    private readonly Channel<StoreNotice> notices = Channel.CreateUnbounded<StoreNotice>();
    private SqliteStateStore store = null!;
    private Task watch = Task.CompletedTask;
    private long revision;
    private string sub = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Older => Path.Combine(folder.Place, "older.db");

    // The state file: in a folder of its own, where that is what is removed.
    private string StatePath => Path.Combine(folder.Place, sub, "state.db");

    public async ValueTask DisposeAsync()
    {
        await watching.CancelAsync();
        await watch;
        if (store is not null)
        {
            await store.DisposeAsync();
        }

        watching.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("rm state.db", "it was removed")]
    [InlineData("rm state.db-wal", "its log was removed or replaced")]
    [InlineData("rm state.db*", "it was removed")]
    [InlineData("mv older.db state.db", "it was replaced by another file")]
    [InlineData("rm state.db*; mv older.db state.db", "it was replaced by another file")]
    [InlineData("cp older.db state.db", "another program wrote to it")]
    [InlineData(": > state.db", "another program wrote to it")]
    [InlineData("rm state.db-wal; cp older.db state.db", "its log was removed or replaced")]
    [InlineData("cp state.db x; mv x state.db", "it was replaced by another file")]
    [InlineData("mv state.db* sub", "it was removed")]
    [InlineData("rm -r sub", "it was removed", true)]
    [InlineData("mv sub gone", "it was removed", true)]
    [InlineData("mv sub gone; mkdir sub; cp older.db sub/state.db", "it was replaced by another file", true)]
    public async Task A_loss_is_noticed_and_the_whole_state_is_stored_in_a_new_file(
        string command,
        string what,
        bool isFolder = false
    )
    {
        await BeginAsync(isFolder ? "sub" : "");
        Shell(command);
        Task<CommitResult> meanwhile = store.CommitAsync(Stored.Release("/mail", revision));

        // Noticed by the commit; see below for when nothing is written.
        string problem = (await NextAsync<StoreNotice.Lost>()).Problem;
        problem.ShouldBe(
            $"state file {StatePath}: {what} while it was in use: until all state is stored anew, resets are refused and nothing would survive a restart"
        );
        (await meanwhile).Outcome.ShouldNotBe(CommitOutcome.Committed);
        Task<long> waiting = store.PersistAsync(
            new() { Nodes = [Stored.Node("/node", "waits")], Transitions = [Stored.Transition("mail", "waits")] }
        );
        folder.Time.Advance(Second(1));
        await NextAsync<StoreNotice.Back>();
        (await store.CommitAsync(Stored.Release("/mail", revision))).Outcome.ShouldBe(CommitOutcome.Refused);
        waiting.IsCompleted.ShouldBeFalse();
        store.Problem.ShouldNotBeNull();

        Task<long> later = store.PersistAsync(Whole);
        await later;

        store.Problem.ShouldBeNull();
        (await waiting).ShouldBeGreaterThan(revision);
        (await store.CommitAsync(Stored.Release("/mail", revision))).Outcome.ShouldBe(CommitOutcome.Refused);
        folder.Warnings.First().ShouldBe(problem);
        folder.Warnings.Last().ShouldBe($"state file {StatePath}: stored again, all that waited");
        await store.DisposeAsync();
        StoredState state = await LoadAsync();
        state.Loss.ShouldBeNull();
        state
            .IsLike(
                new()
                {
                    Nodes = Whole.Nodes,
                    Components = Whole.Components,
                    Latches = Whole.Latches,
                }
            )
            .ShouldBeTrue();
        state.Failed().ShouldBe(["/mail"]);
        Directory.GetFiles(Path.GetDirectoryName(StatePath)!, "*.lost*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("rm state.db*")]
    [InlineData("rm state.db-wal")]
    [InlineData("mv older.db state.db")]
    [InlineData("cp older.db state.db")]
    [InlineData("rm -r sub", true)]
    public async Task It_is_noticed_within_two_seconds_when_nothing_is_written(string command, bool isFolder = false)
    {
        await BeginAsync(isFolder ? "sub" : "");
        Shell(command);

        folder.Time.Advance(Second(1));

        await NextAsync<StoreNotice.Lost>();
    }

    [Theory]
    [InlineData("rm state.db*")]
    [InlineData("mv older.db state.db")]
    [InlineData("rm state.db-wal")]
    [InlineData("rm -r sub", true)]
    public async Task A_restart_before_the_whole_state_is_stored_knows_of_the_loss(
        string command,
        bool isFolder = false
    )
    {
        await BeginAsync(isFolder ? "sub" : "");
        Shell(command);
        folder.Time.Advance(Second(1));
        await NextAsync<StoreNotice.Back>();
        await store.DisposeAsync();

        (await LoadAsync()).Loss.ShouldNotBeNull().ShouldEndWith("while it was in use");
    }

    [Theory]
    [InlineData("rm state.db*")]
    [InlineData("mv older.db state.db")]
    [InlineData("rm state.db-wal")]
    [InlineData("rm -r sub", true)]
    public async Task A_loss_that_shows_at_the_end_is_known_to_the_next_process(string command, bool isFolder = false)
    {
        await BeginAsync(isFolder ? "sub" : "");
        Shell(command);
        await store.DisposeAsync();

        StoredState state = await LoadAsync();
        state.Loss.ShouldNotBeNull();
        state.Latches.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_folder_that_is_unmounted_is_a_loss() =>
        await Alone.RunAsync(
            StateProcess.UnmountAsync,
            $"mount -t tmpfs tmpfs {folder.Place}; {StateProcess.Shell(folder.File)}",
            Alone.NamespaceOrSkip()
        );

    [Fact]
    public async Task A_link_that_leads_to_another_file_is_a_loss()
    {
        await BeginAsync();
        await store.DisposeAsync();
        Shell("mkdir one two; mv state.db one/real.db; ln -s one/real.db state.db; cp older.db two/real.db");
        store = new(StatePath, TimeSpan.FromDays(90), 64 << 20, folder.Time, folder.Warnings.Enqueue);
        store.Load().Failed().ShouldBe(["/mail"]);
        Task<long> written = store.PersistAsync(Stored.Write(Stored.Node("/node", "linked")));
        await written;
        watch = WatchAsync();

        Shell("ln -sf two/real.db state.db");
        folder.Time.Advance(Second(1));
        await NextAsync<StoreNotice.Back>();
        await store.PersistAsync(Whole);
        await store.DisposeAsync();

        (await LoadAsync()).Failed().ShouldBe(["/mail"]);
        Directory.GetFiles(Path.Combine(folder.Place, "two")).Length.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_found_there_is_put_aside_and_named()
    {
        await BeginAsync();
        byte[] older = await File.ReadAllBytesAsync(Older, Cancel);
        Shell("mv older.db state.db");
        folder.Time.Advance(Second(1));
        await NextAsync<StoreNotice.Back>();

        string aside = folder.Names.Single(name =>
            name.StartsWith("state.db.found-", StringComparison.Ordinal)
            && !name.EndsWith("-wal", StringComparison.Ordinal)
        );
        folder.Warnings.ShouldContain($"state file {folder.File}: what stood there is put aside as {aside}");
        (await File.ReadAllBytesAsync(Path.Combine(folder.Place, aside), Cancel)).ShouldBe(older);
    }

    [Fact]
    public async Task The_file_that_comes_back_is_used_again_with_its_history()
    {
        await BeginAsync();
        await store.PersistAsync(new() { Posts = [Stored.Post("mail")] });
        Shell("mkdir away; mv state.db* away");
        // No new one can be made.
        Directory.CreateDirectory($"{folder.File}.lost.new");
        folder.Time.Advance(Second(1));
        await NextAsync<StoreNotice.Lost>();
        (await store.CommitAsync(Stored.Release("/mail", revision))).Outcome.ShouldBe(CommitOutcome.Refused);
        await UntilAsync(() => store.Problem!.Contains("no new one can be made", StringComparison.Ordinal));

        Shell("mv away/* .; rmdir state.db.lost.new");
        folder.Time.Advance(Second(1));
        await NextAsync<StoreNotice.Back>();
        await store.PersistAsync(Whole);

        store.Problem.ShouldBeNull();
        (await store.ReadPostsAsync(new(), Cancel)).Count.ShouldBe(1);
        folder.Names.ShouldBe(["away", "older.db", "state.db", "state.db-wal", "sub"]);
    }

    [Fact]
    public async Task A_file_that_another_process_uses_is_left_alone()
    {
        await BeginAsync();
        Shell("rm state.db*");
        using Process other = Alone.Start(StateProcess.HoldAsync, StateProcess.Shell(folder.File));
        try
        {
            (await other.StandardOutput.ReadLineAsync(Cancel)).ShouldNotBeNull();
            folder.Time.Advance(Second(1));
            await NextAsync<StoreNotice.Lost>();
            await UntilAsync(() =>
                store.Problem!.Contains("it is in use by another process", StringComparison.Ordinal)
            );
            folder.Names.ShouldNotContain(name => name.Contains(".found-"));
        }
        finally
        {
            other.Kill();
            await other.WaitForExitAsync(Cancel);
        }

        folder.Time.Advance(Second(1));
        await NextAsync<StoreNotice.Back>();
    }

    [Fact]
    public async Task Where_no_file_can_be_made_nothing_is_put_aside_again_and_again()
    {
        await BeginAsync();
        Shell("rm state.db*; mkdir state.db");
        for (int i = 0; i < 5; i++)
        {
            folder.Time.Advance(Second(1));
            (await store.CommitAsync(new("op"))).Outcome.ShouldNotBe(CommitOutcome.Committed);
        }

        folder.Names.ShouldBe(["older.db", "state.db", "state.db.lost", "sub"]);
        folder.Warnings.Count.ShouldBe(2);
        folder.Warnings.Last().ShouldEndWith("no new one can be made: it is a folder");
    }

    [Fact]
    public async Task A_watcher_that_comes_later_is_told_of_a_loss_that_is_not_over()
    {
        await BeginAsync();
        Shell("rm state.db*");
        folder.Time.Advance(Second(1));
        await NextAsync<StoreNotice.Back>();

        List<StoreNotice> told = [];
        await foreach (StoreNotice notice in store.WatchAsync(Cancel))
        {
            told.Add(notice);
            if (told.Count == 2)
            {
                break;
            }
        }

        told[0].ShouldBeOfType<StoreNotice.Lost>();
        told[1].ShouldBeOfType<StoreNotice.Back>();
    }

    [Fact]
    public async Task A_watch_ends_with_the_store_and_when_it_is_cancelled()
    {
        await BeginAsync();
        using CancellationTokenSource cancel = new();
        Task cancelled = ReadAllAsync(cancel.Token);
        Task closed = ReadAllAsync(Cancel);
        await cancel.CancelAsync();
        await cancelled;
        await store.DisposeAsync();
        await closed;

        async Task ReadAllAsync(CancellationToken token)
        {
            await foreach (StoreNotice notice in store.WatchAsync(token))
            {
                notice.ShouldBeNull();
            }
        }
    }

    [Theory]
    [InlineData("rm state.db-wal")]
    [InlineData("cp state.db x; rm state.db*; mv x state.db")]
    public async Task A_file_that_was_in_use_and_has_no_log_is_a_loss(string command)
    {
        using Process killed = Alone.Start(StateProcess.WriteAndHoldAsync, StateProcess.Shell(folder.File));
        (await killed.StandardOutput.ReadLineAsync(Cancel)).ShouldNotBeNull();
        killed.Kill();
        await killed.WaitForExitAsync(Cancel);
        Shell(command);

        StoredState state = await folder.LoadAsync();

        state.Loss.ShouldBe(
            $"state file {folder.File} was damaged (it was in use, and its log is missing) and is put aside as state.db.corrupt-20260101T000000Z"
        );
        folder.Names.ShouldContain("state.db.corrupt-20260101T000000Z");
    }

    [Fact]
    public async Task A_file_that_was_in_use_and_has_its_log_is_none()
    {
        using Process killed = Alone.Start(StateProcess.WriteAndHoldAsync, StateProcess.Shell(folder.File));
        (await killed.StandardOutput.ReadLineAsync(Cancel)).ShouldNotBeNull();
        killed.Kill();
        await killed.WaitForExitAsync(Cancel);

        for (int i = 0; i < 3; i++)
        {
            StoredState state = await folder.LoadAsync();
            state.Loss.ShouldBeNull();
            state.Failed().ShouldBe(["/mail"]);
        }

        folder.Names.ShouldBe(["state.db"]);
    }

    private async Task BeginAsync(string subfolder = "")
    {
        // An older copy, from when nothing was latched.
        await folder.StoreAsync(Stored.Write(Stored.Node("/node", "older")));
        File.Move(folder.File, Older);
        Directory.CreateDirectory(Path.Combine(folder.Place, "sub"));
        sub = subfolder;
        if (subfolder.Length == 0)
        {
            File.Copy(Older, folder.File);
        }

        store = new(StatePath, TimeSpan.FromDays(90), 64 << 20, folder.Time, folder.Warnings.Enqueue);
        store.Load();
        watch = WatchAsync();
        revision = await store.PersistAsync(
            new() { Latches = [Stored.Latch("/mail")], Nodes = [Stored.Node("/node")] }
        );
    }

    private async Task WatchAsync()
    {
        await foreach (StoreNotice notice in store.WatchAsync(watching.Token))
        {
            notices.Writer.TryWrite(notice);
        }
    }

    private async Task<TNotice> NextAsync<TNotice>()
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

    private async Task<StoredState> LoadAsync()
    {
        await using SqliteStateStore next = new(
            StatePath,
            TimeSpan.FromDays(90),
            64 << 20,
            folder.Time,
            folder.Warnings.Enqueue
        );
        return next.Load();
    }

    private void Shell(string command)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("sh", ["-c", $"set -e; {command}"]) { WorkingDirectory = folder.Place }
        )!;
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
