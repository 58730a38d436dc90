namespace Failover;

/// <summary>A disk that fails, heals and hangs, as <see cref="SqliteStateStore"/> sees it.</summary>
public sealed class SqliteStateStoreFaultTests : IDisposable
{
    private const int Full = SQLitePCL.raw.SQLITE_FULL;

    private readonly StateFolder folder = new();
    private volatile bool isFull;
    private int attempts;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_write_that_may_fail_does_and_is_not_tried_again()
    {
        await using (SqliteStateStore store = Loaded())
        {
            isFull = true;
            StateStoreException fault = await Should.ThrowAsync<StateStoreException>(
                store.WriteAsync(Stored.Write(Stored.Node("lost")) with { MayFail = true })
            );
            fault.Message.ShouldBe(
                $"state file {folder.File}: the disk is full: until it can be written, what happens would not survive a restart"
            );
            store.Problem.ShouldBe(fault.Message);
            isFull = false;
            await store.WriteAsync(Stored.Write(Stored.Node("kept")));
            store.Problem.ShouldBeNull();
        }

        (await folder.LoadAsync()).Nodes.ShouldBe([Stored.Node("kept")]);
    }

    [Fact]
    public async Task A_write_that_must_last_is_tried_again_after_a_second()
    {
        await using SqliteStateStore store = Loaded();
        isFull = true;
        Task written = store.WriteAsync(Stored.Write(Stored.Node("a")));
        await UntilAsync(() => folder.Time.TimerCount == 2);
        isFull = false;
        written.IsCompleted.ShouldBeFalse();

        folder.Time.Advance(Second(1));

        await written;
        store.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task A_problem_ends_by_itself_when_nothing_waits()
    {
        await using SqliteStateStore store = Loaded();
        isFull = true;
        await Should.ThrowAsync<StateStoreException>(store.WriteAsync(new() { MayFail = true }));
        isFull = false;
        await UntilAsync(() => folder.Time.TimerCount == 2);

        folder.Time.Advance(Second(1));

        await UntilAsync(() => store.Problem is null);
    }

    [Fact]
    public async Task It_is_said_once_that_storing_fails_and_once_that_it_works_again()
    {
        await using SqliteStateStore store = Loaded();
        isFull = true;
        Task[] writes = [.. Enumerable.Range(0, 10).Select(i => store.WriteAsync(Stored.Write(Stored.Node($"{i}"))))];
        await UntilAsync(() => attempts > 3 || folder.Time.TimerCount == 2);
        isFull = false;
        await store.WriteAsync(Stored.Write(Stored.Node("last")));

        await Task.WhenAll(writes);
        folder.Warnings.ShouldBe([
            $"state file {folder.File}: the disk is full: until it can be written, what happens would not survive a restart",
            $"state file {folder.File}: stored again, all that waited",
        ]);
    }

    [Fact]
    public async Task Writes_beside_one_that_fails_are_stored_in_their_order()
    {
        using SemaphoreSlim begun = new(0);
        using ManualResetEventSlim go = new();
        await using (
            SqliteStateStore store = folder.Store(() =>
            {
                // 1 holds up the others; 2 is the four together; 3 to 6 are one each.
                attempts++;
                begun.Release();
                go.Wait();
                if (attempts is 2 or 4)
                {
                    throw new SqliteFault(Full, null);
                }
            })
        )
        {
            store.Load();
            Task first = store.WriteAsync(StateWriteOf("0"));
            await begun.WaitAsync(TestContext.Current.CancellationToken);
            Task[] group =
            [
                store.WriteAsync(StateWriteOf("1")),
                store.WriteAsync(StateWriteOf("2", mayFail: true)),
                store.WriteAsync(StateWriteOf("3")),
                store.WriteAsync(StateWriteOf("4", mayFail: true)),
            ];
            go.Set();

            await group[3];
            first.IsCompletedSuccessfully.ShouldBeTrue();
            group[0].IsCompletedSuccessfully.ShouldBeTrue();
            group[1].IsFaulted.ShouldBeTrue();
            group[2].IsCompletedSuccessfully.ShouldBeTrue();
        }

        (await folder.LoadAsync()).Nodes.Select(node => node.Key).ShouldBe(["0", "1", "3", "4"]);
    }

    [Fact]
    public async Task Nothing_overtakes_a_write_that_must_last()
    {
        await using SqliteStateStore store = Loaded();
        isFull = true;
        Task lasting = store.WriteAsync(StateWriteOf("a"));
        await Should.ThrowAsync<StateStoreException>(store.WriteAsync(StateWriteOf("a", mayFail: true)));
        lasting.IsCompleted.ShouldBeFalse();
        isFull = false;
        Task later = store.WriteAsync(StateWriteOf("b"));
        await later;
        lasting.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task However_long_the_disk_is_full_the_newest_is_stored_and_the_history_is_bounded()
    {
        const int Writes = StateChanges.LongestHistory + 5;
        await using (SqliteStateStore store = Loaded())
        {
            isFull = true;
            for (int i = 0; i < Writes; i++)
            {
                _ = store.WriteAsync(
                    new() { Nodes = [Stored.Node("a", reason: $"{i}")], Transitions = [Stored.Transition("a", $"{i}")] }
                );
            }

            await UntilAsync(() => store.Problem is not null);
            isFull = false;
            await store.WriteAsync(StateWriteOf("last"));
        }

        (await folder.LoadAsync()).Nodes[0].Reason.ShouldBe($"{Writes - 1}");
        folder
            .Ask("SELECT min(cast(reason AS INTEGER)) || ' ' || count(*) FROM transition")
            .ShouldBe($"5 {Writes - 5}");
        folder.Warnings.Last().ShouldEndWith("; 5 lines of the history did not fit into memory and are lost");
    }

    [Fact]
    public async Task A_disk_that_hangs_holds_up_neither_who_writes_nor_who_closes()
    {
        using ManualResetEventSlim go = new();
        SqliteStateStore store = folder.Store(go.Wait);
        store.Load();

        Task written = store.WriteAsync(StateWriteOf("a"));
        Task closed = store.DisposeAsync().AsTask();
        await UntilAsync(() => folder.Time.TimerCount == 2);
        closed.IsCompleted.ShouldBeFalse();
        folder.Time.Advance(Second(2));

        await closed;
        written.IsCompleted.ShouldBeFalse();
        folder.Warnings.ShouldBe([
            $"state file {folder.File}: the disk does not answer; what was not acknowledged may be lost",
        ]);
        go.Set();
        await written;
    }

    [Fact]
    public async Task What_cannot_be_stored_until_the_end_fails_at_the_end()
    {
        SqliteStateStore store = Loaded();
        isFull = true;
        Task written = store.WriteAsync(StateWriteOf("a"));
        await store.DisposeAsync();

        (await Should.ThrowAsync<StateStoreException>(written)).Message.ShouldContain("the disk is full");
    }

    private SqliteStateStore Loaded()
    {
        SqliteStateStore store = folder.Store(() =>
        {
            Interlocked.Increment(ref attempts);
            if (isFull)
            {
                throw new SqliteFault(Full, null);
            }
        });
        store.Load();
        return store;
    }

    private static StateWrite StateWriteOf(string key, bool mayFail = false) =>
        Stored.Write(Stored.Node(key)) with
        {
            MayFail = mayFail,
        };

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
