using System.Collections.Immutable;

namespace Failover;

/// <summary>Delivers notifications.</summary>
internal interface IDeliveries
{
    /// <summary>Takes what was still to be delivered when the process before ended, and what was wrong then. Before anything else.</summary>
    void Load(StoredState stored);

    /// <summary>Takes some that are to be delivered, in the order of their numbers: they are stored, where that can be had. Returns at once.</summary>
    void Add(ImmutableArray<StoredDelivery> deliveries);

    /// <summary>The store has lost what it held: what is still to be delivered is to be stored again.</summary>
    void StoreAgain();
}
