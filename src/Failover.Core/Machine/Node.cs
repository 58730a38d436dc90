namespace Failover;

/// <summary>One distinct task at run time: what it remembers, what it shows, and its evaluation.</summary>
/// <remarks>A node is evaluated in the background when background loops below it probe: each result reevaluates it, and a request only
/// reads it. Any other node is evaluated on demand.</remarks>
internal sealed class Node(Vertex vertex)
{
    private Vertex vertex = vertex;

    // Asked for several times in each turn: to find it by its vertex and its task touches two more objects.
    private Combinator? combinator = vertex.Combinator;

    /// <summary>Its vertex in the current graph.</summary>
    public Vertex Vertex
    {
        get => vertex;
        set
        {
            vertex = value;
            combinator = value.Combinator;
            HasOnDemandCheck = value.Task.HasOnDemandCheck;
            IsEvaluatedInBackground = value.Task.ChangesByItself && !HasOnDemandCheck;
        }
    }

    public Combinator? Combinator => combinator;

    public bool HasOnDemandCheck { get; private set; } = vertex.Task.HasOnDemandCheck;

    public bool IsEvaluatedInBackground { get; private set; } =
        vertex.Task.ChangesByItself && !vertex.Task.HasOnDemandCheck;

    /// <summary>What the combinator remembers; of no meaning for a check.</summary>
    public object State { get; set; } = string.Empty;

    /// <summary>What it shows.</summary>
    public Observation Shown { get; set; } = Observation.NotEvaluated();

    /// <summary>Fail where the latches below make it so; see <see cref="Combinator.LatchedValue"/>.</summary>
    public HealthState? Latched { get; set; }

    /// <summary>Its latch; null where it is not latched.</summary>
    public Latch? Latch { get; set; }

    /// <summary>The evaluation that runs; null where none does.</summary>
    public Evaluation? Evaluation { get; set; }

    /// <summary>The newest round in which it was evaluated: a node is evaluated once in each.</summary>
    public long Round { get; set; }

    /// <summary>The background loop; null where it is none.</summary>
    public Loop? Loop { get; set; }

    /// <summary>What is stored of it, or on its way to the store; null where nothing is.</summary>
    public PersistedState? Persisted { get; set; }

    /// <summary>Its newest probes; null where none is kept.</summary>
    public ProbeRing? Probes { get; set; }

    /// <summary>Whether it is no longer in the graph.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Whether a combinator of this state evaluates that child. A latch that another one below holds has that one
    /// evaluated as well: it may be released by evidence.</summary>
    public bool Evaluates(int child) =>
        Combinator?.Evaluates(State, child) == true || (Latch is not null && IsHeldBy(child));

    private bool IsHeldBy(int child) =>
        Combinator!.LatchSides!.Value.SetBy == child && Child(child).Latched == HealthState.Fail;

    public Node Child(int index) => vertex.Children[index].Node;
}

/// <summary>An evaluation of a node that waits for a probe, or for those of its children.</summary>
/// <param name="started">When it began.</param>
internal sealed class Evaluation(Instant started)
{
    public Instant Started => started;

    /// <summary>The probe of a check; 0 for a combinator.</summary>
    public long Probe { get; init; }

    /// <summary>Which children are evaluated with it.</summary>
    public bool[] Requested { get; init; } = [];

    /// <summary>How many of them have not answered.</summary>
    public int Pending { get; set; }

    /// <summary>Whether a probe that it needs was not begun at once, as too many others ran.</summary>
    public bool HasWaited { get; set; }

    /// <summary>Its waiters: nodes whose evaluation needs it, and loops whose turn it is.</summary>
    public List<Node> Waiters { get; } = new(capacity: 1);
}
