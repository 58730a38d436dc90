using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>Something that happened to a store.</summary>
public abstract record StoreNotice
{
    private StoreNotice() { }

    /// <summary>The store no longer holds what it held, as when its file was removed or replaced. Until it is <see cref="Back"/> and
    /// a whole write is stored, proposals are refused and writes wait.</summary>
    /// <param name="Problem">Why, in one line.</param>
    public sealed record Lost(string Problem) : StoreNotice;

    /// <summary>The store can hold state again and waits for a write of all of it, see <see cref="StateWrite.IsWhole"/>.</summary>
    public sealed record Back : StoreNotice;

    /// <summary>Another process changed latches.</summary>
    /// <param name="Latches">As they are now, with their revisions.</param>
    public sealed record Changed(ImmutableArray<StoredLatch> Latches) : StoreNotice;
}

/// <summary>Which part of a history is read.</summary>
/// <param name="Component">Of one component; null: of all.</param>
/// <param name="Since">From this time on, by the wall clock; null: all that is kept.</param>
/// <param name="Limit">At most so many, the newest.</param>
public sealed record HistoryQuery(string? Component = null, DateTimeOffset? Since = null, int Limit = 1000);
