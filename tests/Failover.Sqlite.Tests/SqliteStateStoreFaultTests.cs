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
    public async Task A_proposal_is_refused_and_not_tried_again()
    {
        await using (SqliteStateStore store = Loaded())
        {
            isFull = true;
            CommitResult result = await store.CommitAsync(ProposalOf("lost"));
            result.ShouldBe(
                new(
                    CommitOutcome.Refused,
                    Problem: $"state file {folder.File}: the disk is full: until it can be written, what happens would not survive a restart"
                )
            );
            store.Problem.ShouldBe(result.Problem);
            isFull = false;
            await store.PersistAsync(WriteOf("kept"));
            store.Problem.ShouldBeNull();
        }

        (await folder.LoadAsync()).Nodes.ShouldBe([Stored.Node("kept")]);
    }

    [Fact]
    public async Task A_write_is_tried_again_after_a_second()
    {
        await using SqliteStateStore store = Loaded();
        isFull = true;
        Task written = store.PersistAsync(WriteOf("a"));
        await UntilAsync(() => store.Problem is not null);
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
        await store.CommitAsync(ProposalOf("a"));
        isFull = false;

        folder.Time.Advance(Second(1));

        await UntilAsync(() => store.Problem is null);
    }

    [Fact]
    public async Task It_is_said_once_that_storing_fails_and_once_that_it_works_again()
    {
        await using SqliteStateStore store = Loaded();
        isFull = true;
        Task[] writes = [.. Enumerable.Range(0, 10).Select(i => store.PersistAsync(WriteOf($"{i}")))];
        await UntilAsync(() => store.Problem is not null);
        folder.Time.Advance(Second(1));
        await UntilAsync(() => attempts > 1);
        isFull = false;
        await store.PersistAsync(WriteOf("last"));

        await Task.WhenAll(writes);
        folder.Warnings.ShouldBe([
            $"state file {folder.File}: the disk is full: until it can be written, what happens would not survive a restart",
            $"state file {folder.File}: stored again, all that waited",
        ]);
    }

    [Fact]
    public async Task A_proposal_does_not_overtake_a_write_that_fails()
    {
        await using SqliteStateStore store = Loaded();
        isFull = true;
        Task<long> written = store.PersistAsync(new() { Latches = [Stored.Latch("/mail")] });
        (await store.CommitAsync(Stored.Release("/mail", 1))).Outcome.ShouldBe(CommitOutcome.Refused);
        written.IsCompleted.ShouldBeFalse();
        isFull = false;
        await store.PersistAsync(WriteOf("b"));
        written.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task However_long_the_disk_is_full_the_newest_is_stored_and_the_history_is_bounded()
    {
        const int Writes = StateChanges.LongestHistory + 5;
        HashSet<Task> tasks = [];
        await using (SqliteStateStore store = Loaded())
        {
            isFull = true;
            for (int i = 0; i < Writes; i++)
            {
                tasks.Add(
                    store.PersistAsync(
                        new()
                        {
                            Nodes = [Stored.Node("a", reason: $"{i}")],
                            Transitions = [Stored.Transition("a", $"{i}")],
                        }
                    )
                );
            }

            await UntilAsync(() => store.Problem is not null);
            // Whoever waits is one with all others: one task for what was tried at first, one for what came meanwhile.
            tasks.Count.ShouldBeLessThanOrEqualTo(2);
            isFull = false;
            await store.PersistAsync(WriteOf("last"));
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
        using SemaphoreSlim begun = new(0);
        SqliteStateStore store = folder.Store(() =>
        {
            begun.Release();
            go.Wait();
        });
        store.Load();

        Task<CommitResult> committed = store.CommitAsync(ProposalOf("a"));
        await begun.WaitAsync(TestContext.Current.CancellationToken);
        Task written = store.PersistAsync(WriteOf("b"));
        Task<CommitResult> later = store.CommitAsync(ProposalOf("c"));
        Task closed = store.DisposeAsync().AsTask();
        await UntilAsync(() => folder.Time.TimerCount == 2);
        closed.IsCompleted.ShouldBeFalse();
        folder.Time.Advance(Second(2));

        await closed;
        written.IsCompleted.ShouldBeFalse();
        string why = $"state file {folder.File}: the disk does not answer; what was not acknowledged may be lost";
        folder.Warnings.ShouldBe([why]);
        (await committed).ShouldBe(new(CommitOutcome.Unknown, Problem: why));
        (await later).ShouldBe(new(CommitOutcome.Refused, Problem: why));
        go.Set();
        await written;
        // Closed a second time, it waits for the first.
        await store.DisposeAsync();
        (await folder.LoadAsync()).Nodes.Select(node => node.Key).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task What_cannot_be_stored_until_the_end_fails_at_the_end()
    {
        SqliteStateStore store = Loaded();
        isFull = true;
        Task written = store.PersistAsync(WriteOf("a"));
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

    private static StateWrite WriteOf(string key) => Stored.Write(Stored.Node(key));

    private static StateProposal ProposalOf(string key) => new($"op-{key}") { Nodes = [Stored.Node(key)] };

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
