namespace Failover;

/// <summary>A store that loses what it held while the process runs, as when its file is removed.</summary>
public sealed class StoreLossTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new() { Sees = Fail };
    private readonly Oneshot reset = new();

    [Fact]
    public async Task All_of_it_is_stored_again_once_the_store_is_back_and_no_reset_counts_before()
    {
        await using EngineUnderTest test = new(store);
        test.Engine.Replace(
            [
                new("mail", new Toggle(check, reset), reset.Fire),
                new("web", new Hysteresis(new ScriptedCheck(), initialState: Fail, okAfter: Count(2))),
            ],
            Graph.NoNames
        );
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");
        (await EngineUnderTest.PollAsync(test.Of("web"), 2)).ShouldBe("FO");
        StoredState before = store.Load();
        check.Sees = Ok;

        store.Lose("state.db was removed");
        Until(() => test.Engine.StoreLost == "state.db was removed");
        store.Load().Latches.ShouldBeEmpty();
        (await test.PollMailAsync()).ShouldBe("F");
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.NotStored);
        (await test.PollMailAsync()).ShouldBe("F");

        store.Raise(new StoreNotice.Back());
        Until(() => test.Engine.StoreLost is null);
        Until(() => store.Written[^1].IsWhole);
        StoredState after = store.Load();
        after
            .Latches.Select(latch => (latch.Key, latch.Since))
            .ShouldBe(before.Latches.Select(latch => (latch.Key, latch.Since)));
        after.Components.ShouldBe(before.Components, ignoreOrder: true);
        after
            .Nodes.Select(node => (node.Key, node.State))
            .ShouldBe(before.Nodes.Select(node => (node.Key, node.State)), ignoreOrder: true);
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync()).ShouldBe("O");
    }

    [Fact]
    public async Task What_changes_meanwhile_is_in_what_is_stored_again()
    {
        await using EngineUnderTest test = new(store);
        test.ReplaceMail(new Toggle(check, reset), reset);
        check.Sees = Ok;
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("O");

        store.Lose("state.db was removed");
        check.Sees = Fail;
        Task<string> poll = test.PollMailAsync();
        await test.Engine.WhenIdleAsync();
        test.Time.Advance(Second(0.25));
        (await poll).ShouldBe("F", "served, stored or not");
        store.StoredLatches().ShouldBeEmpty();

        store.Raise(new StoreNotice.Back());
        Until(() => store.StoredLatches().Length == 1);
        store.StoreAll();
        store.StoredLatches().ShouldHaveSingleItem();
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
    }

    [Fact]
    public async Task A_change_by_another_process_is_no_sign_that_it_is_back()
    {
        await using EngineUnderTest test = new(store);
        await test.StartAsync();
        store.Lose("state.db was removed");
        store.Raise(new StoreNotice.Changed([]));
        Until(() => store.Noticed == 2);

        test.Engine.StoreLost.ShouldBe("state.db was removed");
    }

    [Fact]
    public async Task A_watch_that_throws_harms_nobody()
    {
        EngineUnderTest test = new(new UnwatchableStore());
        test.Add(check);
        await test.StartAsync();

        await Should.NotThrowAsync(async () => await test.DisposeAsync());
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static void Until(Func<bool> isSo) => SpinWait.SpinUntil(isSo, Second(30)).ShouldBeTrue();

    private sealed class UnwatchableStore : IStateStore
    {
        private readonly MemoryStateStore store = new();

        public bool IsDurable => store.IsDurable;

        public string? Problem => store.Problem;

        public StoredState Load() => store.Load();

        public Task<long> PersistAsync(StateWrite write) => store.PersistAsync(write);

        public Task<CommitResult> CommitAsync(StateProposal proposal) => store.CommitAsync(proposal);

        public void Withdraw(string operation) => store.Withdraw(operation);

        public IAsyncEnumerable<StoreNotice> WatchAsync(CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<StoredTransition>> ReadTransitionsAsync(
            HistoryQuery query,
            CancellationToken cancellationToken
        ) => store.ReadTransitionsAsync(query, cancellationToken);

        public Task<IReadOnlyList<StoredPost>> ReadPostsAsync(
            HistoryQuery query,
            CancellationToken cancellationToken
        ) => store.ReadPostsAsync(query, cancellationToken);

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
