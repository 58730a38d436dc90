namespace Failover;

/// <summary>Follows whether a store holds what it was given.</summary>
/// <param name="store">The store.</param>
/// <param name="isBack">Called when it can be used again after a loss: all that is to be kept is to be written again.</param>
internal sealed class StoreWatch(IStateStore store, Action isBack)
{
    /// <summary>Why the store holds nothing at present, in one line; null where it does.</summary>
    public string? Problem { get; private set; }

    /// <summary>Follows it until it is stopped. Never fails.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (StoreNotice notice in store.WatchAsync(stopping))
            {
                if (notice is StoreNotice.Lost lost)
                {
                    Problem = lost.Problem;
                }
                else if (notice is StoreNotice.Back)
                {
                    Problem = null;
                    isBack();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
#pragma warning disable CA1031 // The store may be code of the user's: one that cannot be watched is used without being watched.
        catch (Exception)
#pragma warning restore CA1031
        {
            // The store says what is wrong, see IStateStore.Problem.
        }
    }
}
