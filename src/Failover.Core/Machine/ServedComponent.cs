using System.Collections.Immutable;

namespace Failover;

/// <summary>A path that is served. It outlives the descriptions behind it: what it served belongs to the path.</summary>
/// <param name="name">The path without its leading slash.</param>
internal sealed class ServedComponent(string name)
{
    // As with Background, whose results are believed for three intervals: a task that takes three times its longest hangs.
    private const int OverdueFactor = 3;

    // A task whose longest time is next to nothing still has to be scheduled and run.
    private static readonly TimeSpan ShortestOverdue = TimeSpan.FromSeconds(1);

    private ComponentDescription description = null!;

    // Most components never have a request that waits, a change, a hold or a latch: what belongs to these is made when it is needed.
    private List<Ticket>? tickets;
    private TransitionCounts transitions;

    public string Name => name;

    /// <summary>Its current description.</summary>
    public ComponentDescription Description
    {
        get => description;
        set
        {
            description = value;
            ProbeDurations = value.HasProbeHistogram ? ProbeDurations ?? new(ProbeCounts.Bounds) : null;
            TimeSpan longest = value.Task.LongestTime;
            OverdueAfter =
                longest >= DurationOption.Longest ? DurationOption.Longest
                : OverdueFactor * longest > ShortestOverdue ? OverdueFactor * longest
                : ShortestOverdue;
        }
    }

    /// <summary>Whether the newest change of descriptions left it as it was: its nodes, and how it serves what they come to.</summary>
    public bool IsUnchanged { get; set; }

    /// <summary>When it was described otherwise before.</summary>
    public Instant DescribedSince { get; set; }

    /// <summary>How long an evaluation may take before it counts as hanging, and how old an ok may be that is served at a response
    /// deadline.</summary>
    public TimeSpan OverdueAfter { get; private set; }

    public Node Root { get; set; } = null!;

    /// <summary>What it serves.</summary>
    public Snapshot Published { get; set; } = Snapshot.Unknown;

    /// <summary>What is in the history and not published yet, within one input; null where that is nothing.</summary>
    public Snapshot? Unpublished { get; set; }

    /// <summary>Whoever reads it outside the machine.</summary>
    public object? Reader { get; set; }

    /// <summary>Requests that wait for the evaluation that runs, or for a publication that is held.</summary>
    public List<Ticket> Tickets => tickets ??= [];

    /// <summary>Whether the evaluation that they wait for has ended: a loop that is late may have begun the next one.</summary>
    public bool IsAnswerDue { get; set; }

    /// <summary>Whether there are any.</summary>
    public bool HasTickets => tickets is { Count: > 0 };

    /// <summary>Holds the publication of a move to fail; null where none is held.</summary>
    public PublishHold? Hold { get; set; }

    /// <summary>Its guard; null where it has none.</summary>
    public GuardGroup? Guard { get; set; }

    /// <summary>The maintenance windows that it is in, the one that decides first.</summary>
    public ImmutableArray<WindowEntry> Windows { get; set; } = [];

    /// <summary>The state of before a change, which is served for now; null where none is.</summary>
    public CarriedState? Carried { get; set; }

    /// <summary>The authorised latches that made it fail and that an edit has left without effect in its tree: it fails until they have
    /// been reset.</summary>
    public ImmutableArray<Latch> HeldBy { get; set; } = [];

    /// <summary>Its latches, those for which its description has no toggle any longer included.</summary>
    public ImmutableArray<Latch> Latches { get; set; } = [];

    /// <summary>Whether its latches make it fail.</summary>
    public bool IsLatched => Root.Latched == HealthState.Fail || HeldBy.Length > 0;

    /// <summary>The newest state in the history; null where there is none.</summary>
    public HealthState? Recorded { get; set; }

    /// <summary>What is stored of it; null where nothing is.</summary>
    public StoredComponent? Persisted { get; set; }

    /// <summary>The newest definite state that it served; null where there is none.</summary>
    public Snapshot? LastDefinite { get; set; }

    /// <summary>How often it has come to each state since the start.</summary>
    public ref TransitionCounts Transitions => ref transitions;

    /// <summary>How long the probes of its checks took that ended in ok or fail, since its description asks for it; null where that does not.</summary>
    public DurationCounts? ProbeDurations { get; private set; }

    /// <summary>Whether an evaluation is overdue: it serves an error until it ends.</summary>
    public bool IsOverdue { get; set; }

    /// <summary>Whether it is served no longer: requests that still hold it read what it served last.</summary>
    public bool IsRetired { get; set; }

    /// <summary>The earliest timer that reports it stale.</summary>
    public Instant StaleTimer { get; set; } = Instant.Never;

    /// <summary>The same for an evaluation that may become overdue. One timer for a component, not one for each evaluation:
    /// evaluations end long before they are overdue.</summary>
    public Instant OverdueTimer { get; set; } = Instant.Never;

    /// <summary>The same for the response deadline of its oldest request.</summary>
    public Instant DeadlineTimer { get; set; } = Instant.Never;

    /// <summary>Whether a request has it evaluated.</summary>
    public bool IsOnDemand => !Root.IsEvaluatedInBackground;
}

/// <summary>A request that waits.</summary>
/// <param name="Id">Whose it is.</param>
/// <param name="Deadline">When it gets the last known state.</param>
internal readonly record struct Ticket(object Id, Instant Deadline);

/// <summary>How often a component has come to each state. The machine counts; who reads it meanwhile gets the count of before or after.</summary>
internal struct TransitionCounts
{
    private int toOk;
    private int toFail;
    private int toError;

    /// <summary>Counts one.</summary>
    public void Count(HealthState to)
    {
        switch (to)
        {
            case HealthState.Ok:
                toOk++;
                break;
            case HealthState.Fail:
                toFail++;
                break;
            case HealthState.Error:
                toError++;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(to), to, "no such state");
        }
    }

    /// <summary>How many there were.</summary>
    public readonly int To(HealthState state) =>
        state switch
        {
            HealthState.Ok => toOk,
            HealthState.Fail => toFail,
            HealthState.Error => toError,
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "no such state"),
        };
}

/// <summary>A move to fail that waits to be stored before it is published.</summary>
/// <param name="until">Until when at most it waits. A second latch does not make it wait for longer.</param>
internal sealed class PublishHold(Instant until)
{
    public Instant Until => until;

    /// <summary>The writes that it waits for.</summary>
    public HashSet<long> Writes { get; } = [];
}

/// <summary>The last definite state before a change, which is served until all checks on which the state depends have given a definite
/// result since.</summary>
/// <param name="snapshot">The state.</param>
/// <param name="since">The moment of the change: probes that began before it do not count.</param>
internal sealed class CarriedState(Snapshot snapshot, Instant since)
{
    public Snapshot Snapshot { get; set; } = snapshot;

    public Instant Since => since;

    /// <summary>The checks below the component at the change.</summary>
    public List<Node> Awaited { get; } = [];

    /// <summary>The checks that have given a definite result since.</summary>
    public HashSet<Node> Definite { get; } = [];
}
