namespace Failover;

public sealed class StateNoticesTests : IAsyncDisposable
{
    private readonly StoreUnderLoss lost = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => lost.DisposeAsync();

    [Fact]
    public async Task A_watcher_that_comes_later_is_reported_a_loss_that_is_not_over()
    {
        await lost.BeginAsync();
        lost.Shell("rm state.db*");
        lost.Folder.Time.Advance(Second(1));
        await lost.NextAsync<StoreNotice.Back>();

        List<StoreNotice> told = [];
        await foreach (StoreNotice notice in lost.Store.WatchAsync(Cancel))
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
        await lost.BeginAsync();
        using CancellationTokenSource cancel = new();
        Task cancelled = ReadAllAsync(cancel.Token);
        Task closed = ReadAllAsync(Cancel);
        await cancel.CancelAsync();
        await cancelled;
        await lost.Store.DisposeAsync();
        await closed;

        async Task ReadAllAsync(CancellationToken token)
        {
            await foreach (StoreNotice notice in lost.Store.WatchAsync(token))
            {
                notice.ShouldBeNull();
            }
        }
    }
}
