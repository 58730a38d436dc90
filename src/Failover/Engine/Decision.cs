namespace Failover;

/// <summary>One decision: the lock is held, nodes are judged, and what came of it is handed over at the end, whole, to be
/// stored and shown.</summary>
/// <remarks>Pure judging only, about a microsecond: nothing is awaited, and no code of the user's runs, while one lasts. There is
/// one object for all decisions of an engine, since there is one at a time.</remarks>
internal sealed class Decision(HealthEngine engine, Journal journal) : IDisposable
{
    private readonly List<NodeRunner> judged = [];
    private readonly List<Component> shown = [];

    /// <summary>The time of the decision.</summary>
    public Instant Now { get; private set; }

    /// <summary>Whether nodes begin: what they begin with is stored when there is time for it, and shown at once, but for what
    /// rests on a latch that is left.</summary>
    public bool IsBeginning { get; set; }

    /// <summary>Whether there is something to hand over beside what nodes have judged.</summary>
    public bool IsMoreThanJudged => IsBeginning || Fire is not null;

    /// <summary>The fire that was decided on, to be answered when it is stored; null where none was.</summary>
    public Fire? Fire { get; set; }

    /// <summary>Keys of nodes that are no longer there.</summary>
    public List<string> Forgotten { get; } = [];

    /// <summary>Latches that stand at fail, perhaps at places where they did not stand before.</summary>
    public List<NodeRunner> Latched { get; } = [];

    /// <summary>Places in which no latch stands any longer.</summary>
    public List<LatchPlace> Cleared { get; } = [];

    public IReadOnlyList<NodeRunner> Judged => judged;

    /// <summary>The components that show something else, each with what that is.</summary>
    public IReadOnlyList<Component> Shown => shown;

    /// <summary>Begins it, with the lock held.</summary>
    public Decision At(Instant now)
    {
        Now = now;
        return this;
    }

    /// <summary>Notes that a node may remember something else than before.</summary>
    public void Touch(NodeRunner node) => judged.Add(node);

    /// <summary>Has a component show something; of several, the last.</summary>
    public void Show(Component component, Observation observation)
    {
        if (component.ToShow is null)
        {
            shown.Add(component);
        }

        component.ToShow = observation;
    }

    /// <summary>Hands over what was decided and lets go of the lock.</summary>
    public void Dispose()
    {
        try
        {
            journal.Enter(this);
        }
        finally
        {
            shown.ForEach(component => component.ToShow = null);
            judged.Clear();
            shown.Clear();
            Forgotten.Clear();
            Cleared.Clear();
            Latched.Clear();
            IsBeginning = false;
            Fire = null;
            engine.Judging.Exit();
        }
    }
}

/// <summary>A fired oneshot on its way to the store.</summary>
/// <param name="Audit">Who has fired it, for the audit; null where nobody is known.</param>
internal sealed record Fire(PostAudit? Audit)
{
    /// <summary>Set by the journal: ends with whether the fire is stored. Null where it is at once.</summary>
    public Task<bool>? Stored { get; set; }
}
