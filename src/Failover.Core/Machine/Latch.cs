using System.Collections.Immutable;

namespace Failover;

/// <summary>A toggle at fail. It has an identity of its own, so that a fire that was meant for one failure never ends
/// a later one.</summary>
internal sealed class Latch
{
    public required string Id { get; set; }

    /// <summary>The path of its toggle, or of the toggle that it belonged to.</summary>
    public required string Place { get; set; }

    /// <summary>Whether its key has its identity in it: another latch, whose toggle is gone, is stored under the path alone.</summary>
    public bool IsStoredSeparately { get; set; }

    /// <summary>Whether only an authorised fire ends it, whatever its description has become.</summary>
    public required bool IsAuthorised { get; init; }

    /// <summary>Its number among those that have begun in this process; 0 where it began before.</summary>
    public long Number { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Where it is stored.</summary>
    public string Key => StoredLatch.KeyOf(Place, IsStoredSeparately ? Id : "");

    /// <summary>The components that it latches.</summary>
    public required ImmutableArray<string> Components { get; set; }

    /// <summary>The toggle; null where the description has none for it any longer.</summary>
    public Node? Node { get; set; }

    /// <summary>What is stored has this revision; 0 while that is not known.</summary>
    public long Revision { get; set; }

    /// <summary>The write that stores it; 0 where it is stored.</summary>
    public long Sequence { get; set; }

    /// <summary>Whether it is stored under another key or description: rewritten when no proposal is pending.</summary>
    public bool IsRewriteDue { get; set; }

    /// <summary>Keys under which it was stored before.</summary>
    public List<string> FormerKeys { get; } = [];

    /// <summary>Whether its publication has waited for it to be stored.</summary>
    public bool HasWaited { get; set; }

    /// <summary>The proposal to end it that is pending; null where none is.</summary>
    public Proposal? Pending { get; set; }

    /// <summary>The kind of its toggle, for when there is none: a new one of that kind at its place takes it over.</summary>
    public string AdoptableKind { get; set; } = "";

    /// <summary>The description of its toggle, for when there is none.</summary>
    public string AdoptableFingerprint { get; set; } = "";

    /// <summary>Its toggle has another path.</summary>
    public void MoveTo(string place) => Change(() => Place = place);

    /// <summary>Another latch is stored under its path: it gets a key of its own.</summary>
    public void StoreSeparately() => Change(() => IsStoredSeparately = true);

    /// <summary>Gives it a new identity: fires and proposals for the previous one do not apply to it.</summary>
    public void Renew(string id) => Change(() => Id = id);

    private void Change(Action change)
    {
        string before = Key;
        change();
        if (Key != before)
        {
            FormerKeys.Add(before);
        }

        IsRewriteDue = true;
    }

    /// <summary>These components are latched by it, too. None is left out for being described otherwise.</summary>
    public void Serve(IEnumerable<string> components)
    {
        int before = Components.Length;
        Components = [.. Components.Union(components, StringComparer.Ordinal)];
        IsRewriteDue |= Components.Length > before;
    }

    /// <summary>How it is stored.</summary>
    public StoredLatch Stored(HealthState state, string reason, DateTimeOffset since) =>
        new(
            Key,
            Node?.Vertex.Task.KindName ?? AdoptableKind,
            Node?.Vertex.Fingerprint ?? AdoptableFingerprint,
            state,
            Id,
            IsAuthorised,
            Components,
            reason,
            since
        );
}

/// <summary>The end of latches, the arming of a oneshot or the change of an override, that is not committed yet, and not in force.</summary>
/// <param name="operation">Its identifier.</param>
/// <param name="deadline">When it is withdrawn.</param>
internal sealed class Proposal(string operation, Instant deadline)
{
    public string Operation => operation;

    public Instant Deadline => deadline;

    /// <summary>The requester that waits for it; null for none.</summary>
    public object? Ticket { get; init; }

    public PostAudit? Audit { get; init; }

    /// <summary>The latches that it ends, each with the identity that it had.</summary>
    public required ImmutableArray<(Latch Latch, string Id)> Ends { get; init; }

    /// <summary>The oneshot that it arms, and for which component; null where it arms none.</summary>
    public (Node Oneshot, string Component)? Arms { get; init; }

    /// <summary>The override that it sets or clears; null where it changes none.</summary>
    public OverrideProposal? Overriding { get; init; }

    /// <summary>Whether it forgets latches that nobody can reset any longer.</summary>
    public bool Forgets { get; init; }

    /// <summary>The armed oneshots that it uses up.</summary>
    public ImmutableArray<Node> Uses { get; init; } = [];

    /// <summary>Whether it was handed to the store. Before that, the write of the latch itself is pending.</summary>
    public bool IsProposed { get; set; }

    /// <summary>Whether it was withdrawn: if it is committed nevertheless, its latches are created again.</summary>
    public bool IsWithdrawn { get; set; }
}
