using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>A change that is in force only once it is committed: the end of authorised latches, a oneshot that is armed, or an
/// override that is set or cleared.</summary>
/// <param name="Operation">An identifier that is never used again, so that the proposal can be withdrawn and its outcome looked up.</param>
public sealed record StateProposal(string Operation)
{
    /// <summary>Latches to end: all of them or none.</summary>
    public ImmutableArray<LatchRelease> Releases { get; init; } = [];

    /// <summary>Oneshots that are armed by it, or used up with the latches that it ends.</summary>
    public ImmutableArray<StoredNode> Nodes { get; init; } = [];

    /// <summary>Keys of nodes that have nothing to store any longer.</summary>
    public ImmutableArray<string> ForgottenNodes { get; init; } = [];

    /// <summary>Overrides that are in force from then on.</summary>
    public ImmutableArray<StoredOverride> Overrides { get; init; } = [];

    /// <summary>Identities of overrides that end, those in whose place another one comes included.</summary>
    public ImmutableArray<string> ForgottenOverrides { get; init; } = [];

    /// <summary>For the audit, stored in the same commit; null where there was no POST.</summary>
    public StoredPost? Post { get; init; }
}

/// <summary>The end of one latch.</summary>
/// <param name="After">What is stored of it from then on: the same key, at ok.</param>
/// <param name="ExpectedRevision">The revision that the latch must have: another one, and the proposal is refused.</param>
public sealed record LatchRelease(StoredLatch After, long ExpectedRevision);

/// <summary>What became of a proposal.</summary>
public enum CommitOutcome
{
    /// <summary>It is stored, and survives a kill and a loss of power.</summary>
    Committed,

    /// <summary>It is not stored and never will be.</summary>
    Refused,

    /// <summary>It may be stored, now or after a restart.</summary>
    Unknown,
}

/// <summary>What became of a proposal, and why.</summary>
/// <param name="Outcome">Whether it is stored.</param>
/// <param name="Revision">The revision of the commit; 0 where it is not known to be stored.</param>
/// <param name="Problem">Why it is not, in one line; empty where it is.</param>
public readonly record struct CommitResult(CommitOutcome Outcome, long Revision = 0, string Problem = "");
