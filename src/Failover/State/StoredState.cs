using System.Collections.Immutable;

namespace Failover;

/// <summary>What a store kept.</summary>
/// <param name="Nodes">The newest state of each node.</param>
/// <param name="Latches">The latches that stand at fail.</param>
/// <param name="AliveAt">When the process that stored it was last known to be alive, by the wall clock: until then all of it was
/// so. Null where that was never stored.</param>
/// <param name="Loss">Why what was kept is lost, in one line, as a file that was found corrupt and was put aside; null where
/// nothing was. A latch that may have been lost begins at fail.</param>
public sealed record StoredState(
    ImmutableArray<StoredNode> Nodes,
    ImmutableArray<StoredLatch> Latches,
    DateTimeOffset? AliveAt = null,
    string? Loss = null
)
{
    /// <summary>Nothing was kept, and nothing lost.</summary>
    public static StoredState Empty { get; } = new([], []);
}

/// <summary>What one node remembers beyond the life of its process.</summary>
/// <param name="Key">Where the node stands: the same in the next process, as <c>/mail#to_fail.task</c>.</param>
/// <param name="Fingerprint">Of the node's description: another one, and the state is of no use.</param>
/// <param name="State">A word of the node's own: <c>ok</c>, <c>fail</c>, <c>armed</c> …</param>
/// <param name="Reason">Why, for people. May be empty.</param>
/// <param name="At">When it came to that, by the wall clock.</param>
public sealed record StoredNode(string Key, string Fingerprint, string State, string Reason, DateTimeOffset At);

/// <summary>A toggle that stands at fail, at one of the places where it is served.</summary>
/// <param name="Component">The component's name.</param>
/// <param name="Path">The way from the component's task to the toggle, as <c>to_fail.task</c>; empty for the task itself.</param>
/// <param name="Reason">Why it moved to fail.</param>
/// <param name="Since">When it did, by the wall clock.</param>
public sealed record StoredLatch(string Component, string Path, string Reason, DateTimeOffset Since);
