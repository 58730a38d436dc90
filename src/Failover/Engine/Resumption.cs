namespace Failover;

/// <summary>What nodes go on from in a new process.</summary>
/// <remarks>A node goes on from what was stored of it where its description is the same as a whole and the process before was alive
/// no longer ago than the bound: until then all of it was so. A fire that waits to be used knows its own end, and is gone
/// on from however old it is. Latches are not for this to decide: see <see cref="Latching"/>.</remarks>
internal sealed class Resumption
{
    private readonly Dictionary<string, StoredNode> byKey = new(StringComparer.Ordinal);
    private readonly DateTimeOffset now;
    private readonly bool isYoung;

    /// <summary>Reads what was stored.</summary>
    /// <param name="stored">What was.</param>
    /// <param name="now">The time, by the wall clock.</param>
    /// <param name="maxAge">How long ago the process before may have been alive.</param>
    public Resumption(StoredState stored, DateTimeOffset now, TimeSpan maxAge)
    {
        this.now = now;
        foreach (StoredNode node in stored.Nodes)
        {
            byKey[node.Key] = node;
        }

        isYoung = stored.AliveAt is { } alive && now - alive <= maxAge;
    }

    public IEnumerable<string> Keys => byKey.Keys;

    /// <summary>Begins a node, from what was stored of it where that is worth going on from. Under the lock.</summary>
    public void Begin(NodeRunner node, Decision decision)
    {
        if (
            !byKey.TryGetValue(node.Key, out StoredNode? stored)
            || !string.Equals(stored.Fingerprint, node.Fingerprint, StringComparison.Ordinal)
        )
        {
            node.Begin(decision);
            return;
        }

        Lasting kept = new(stored.State, stored.Reason);
        (node.Kept, node.KeptAt) = (kept, stored.At);
        // A wall clock that has been set back makes nothing older than it is.
        TimeSpan age = now > stored.At ? now - stored.At : TimeSpan.Zero;
        bool isGoneOnFrom = isYoung || node.Description is Oneshot;
        node.Begin(decision, isGoneOnFrom ? kept : null, age);
    }
}
