using System.Collections.Immutable;

namespace Failover;

/// <summary>The latches that stand at fail, those of components that are not served now included. Used under the lock of the
/// engine.</summary>
internal sealed class LatchBook
{
    private readonly Dictionary<LatchPlace, StoredLatch> latches = [];

    public IReadOnlyCollection<StoredLatch> All => latches.Values;

    /// <summary>Takes in what was stored, or what was taken out of here too soon.</summary>
    public void Restore(IEnumerable<StoredLatch> stored)
    {
        foreach (StoredLatch latch in stored)
        {
            latches[new(latch.Component, latch.Path)] = latch;
        }
    }

    /// <summary>A node stands at fail, wherever it is served.</summary>
    /// <returns>Its latches; one that stood already goes on standing since then.</returns>
    public IEnumerable<StoredLatch> Stand(NodeRunner node, string reason, DateTimeOffset at)
    {
        foreach (LatchPlace place in node.Places)
        {
            if (!latches.TryGetValue(place, out StoredLatch? latch))
            {
                latch = new(place.Component, place.Path, reason, at);
                latches.Add(place, latch);
            }

            yield return latch;
        }
    }

    /// <summary>Whether a latch stands everywhere where this node is served.</summary>
    public bool HasAll(NodeRunner node) => node.Places.TrueForAll(latches.ContainsKey);

    /// <summary>Whether a latch stands anywhere where this node is served.</summary>
    public bool HasAny(NodeRunner node) => node.Places.Exists(latches.ContainsKey);

    /// <summary>Takes out the latches at these places.</summary>
    /// <returns>Those that stood there.</returns>
    public ImmutableArray<StoredLatch> Release(IEnumerable<LatchPlace> places)
    {
        ImmutableArray<StoredLatch>.Builder released = ImmutableArray.CreateBuilder<StoredLatch>();
        foreach (LatchPlace place in places)
        {
            if (latches.Remove(place, out StoredLatch? latch))
            {
                released.Add(latch);
            }
        }

        return released.ToImmutable();
    }
}
