namespace Failover;

/// <summary>Stores may be code of the user's.</summary>
internal static class StateStoreExtensions
{
    /// <summary>As <see cref="IStateStore.WriteAsync"/>, and never throws: a store that does has not stored the write. Decisions
    /// hand over what they come to with the lock held, and have to be made to the end whatever a store does.</summary>
    public static Task HandOverAsync(this IStateStore store, StateWrite write)
    {
        try
        {
            return store.WriteAsync(write);
        }
#pragma warning disable CA1031 // Whatever it throws, it is a write that failed.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Task.FromException(exception);
        }
    }
}
