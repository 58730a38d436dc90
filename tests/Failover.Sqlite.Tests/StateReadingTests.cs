namespace Failover;

public sealed class StateReadingTests : IDisposable
{
    private readonly StateFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_history_is_read_the_newest_first_and_by_component_time_and_number()
    {
        DateTimeOffset start = folder.Time.GetUtcNow();
        StoredTransition[] all =
        [
            .. Enumerable
                .Range(0, 6000)
                .Select(i => new StoredTransition(
                    start.AddSeconds(i),
                    i % 2 == 0 ? "even" : "odd",
                    HealthState.Error,
                    HealthState.Ok,
                    $"{i}",
                    i
                )
                {
                    First = i % 3 == 0 ? new(start.AddSeconds(i - 20), $"first {i}") : null,
                }),
        ];
        await using SqliteStateStore store = folder.Store();
        store.Load();
        await store.PersistAsync(new() { Transitions = [.. all] });

        (await store.ReadTransitionsAsync(new(Limit: 10_000), Cancel)).ShouldBe(all.Reverse());
        (await store.ReadTransitionsAsync(new(), Cancel)).ShouldBe(all.Reverse().Take(1000));
        (await store.ReadTransitionsAsync(new("odd", Limit: 2), Cancel)).ShouldBe([all[5999], all[5997]]);
        (await store.ReadTransitionsAsync(new("even", start.AddSeconds(5995)), Cancel)).ShouldBe([
            all[5998],
            all[5996],
        ]);
        (await store.ReadTransitionsAsync(new("nobody"), Cancel)).ShouldBeEmpty();
        (await store.ReadTransitionsAsync(new(Limit: 0), Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_audit_is_read_with_and_without_a_user()
    {
        StoredPost[] posts = [Stored.Post("mail"), Stored.Post("mail", user: null), Stored.Post("web")];
        await using SqliteStateStore store = folder.Store();
        store.Load();
        await store.PersistAsync(new() { Posts = [.. posts] });

        (await store.ReadPostsAsync(new(), Cancel)).ShouldBe(posts.Reverse());
        (await store.ReadPostsAsync(new("mail"), Cancel)).ShouldBe([posts[1], posts[0]]);
    }

    [Fact]
    public async Task A_write_waits_for_one_step_of_a_read_and_not_for_all_of_it()
    {
        const int Rows = 30_000;
        int written = 0;
        await using SqliteStateStore store = folder.Store(() => Interlocked.Increment(ref written));
        store.Load();
        await store.PersistAsync(
            new() { Transitions = [.. Enumerable.Range(0, Rows).Select(i => Stored.Transition("mail", $"{i}"))] }
        );

        Task<IReadOnlyList<StoredTransition>> read = store.ReadTransitionsAsync(new(Limit: Rows), Cancel);
        int during = 0;
        while (!read.IsCompleted)
        {
            await store.PersistAsync(Stored.Write(Stored.Node("a", $"{during++}")));
        }

        (await read).Count.ShouldBe(Rows);
        during.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_read_ends_when_it_is_cancelled_or_the_store_is_closed()
    {
        using ManualResetEventSlim go = new();
        using CancellationTokenSource cancel = new();
        SqliteStateStore store = folder.Store(go.Wait);
        await Should.ThrowAsync<StateStoreException>(store.ReadPostsAsync(new(), Cancel));
        store.Load();
        _ = store.PersistAsync(Stored.Write(Stored.Node("a")));
        Task<IReadOnlyList<StoredPost>> cancelled = store.ReadPostsAsync(new(), cancel.Token);
        await cancel.CancelAsync();
        go.Set();
        await Should.ThrowAsync<TaskCanceledException>(cancelled);
        await store.DisposeAsync();
        await Should.ThrowAsync<StateStoreException>(store.ReadPostsAsync(new(), Cancel));
    }

    [Fact]
    public async Task A_damaged_row_of_the_history_does_not_hide_the_others()
    {
        await folder.StoreAsync(
            new StateWrite { Transitions = [Stored.Transition("a"), Stored.Transition("b"), Stored.Transition("c")] }
        );
        folder.Change("UPDATE transition SET to_state = 'fbil' WHERE component = 'b'");
        await using SqliteStateStore store = folder.Store();
        store.Load();

        (await store.ReadTransitionsAsync(new(), Cancel)).Select(moved => moved.Component).ShouldBe(["c", "a"]);
    }
}
