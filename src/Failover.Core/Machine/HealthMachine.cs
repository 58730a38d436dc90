using System.Globalization;

namespace Failover;

/// <summary>Decides: what a target's probes mean, what each component serves, what must be stored first, what to do next.</summary>
/// <remarks>
/// <para>Deterministic, and pure in that it reads no clock, waits for nothing, starts nothing and runs no code of the user's: inputs
/// come with the time, and its actions go out as <see cref="MachineAction"/>. One thread at a time calls it.</para>
/// <para>What is in force is never rolled back. The end of an authorised latch is proposed, and applied when it is committed
/// (<see cref="Settled"/>); everything else is applied at once and persisted afterwards.</para>
/// </remarks>
internal sealed partial class HealthMachine
{
    private readonly TimerQueue timers = new();
    private readonly Dictionary<string, ServedComponent> components = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Node> probes = [];
    private readonly string process;
    private readonly TimeSpan stateMaxAge;
    private List<MachineAction> actions = [];
    private Graph graph = new(Graph.NoNames);
    private Instant now;
    private DateTimeOffset wall;
    private long lastObservation;
    private long lastIdentity;
    private long lastProbe;
    private long lastRound;

    /// <summary>Makes a machine that serves nothing.</summary>
    /// <param name="process">An identifier of this process that no other one has: identities begin with it.</param>
    /// <param name="isDurable">Whether what is persisted survives the process: else nothing waits for it.</param>
    /// <param name="stateMaxAge">How long ago the previous process may have been alive for its states, except latches, to be restored.</param>
    public HealthMachine(string process, bool isDurable, TimeSpan stateMaxAge)
    {
        this.process = process;
        IsDurable = isDurable;
        this.stateMaxAge = stateMaxAge;
    }

    /// <summary>What is served, in the order of the description.</summary>
    public IReadOnlyCollection<ServedComponent> Components =>
        [.. graph.Components.Select(one => components[one.Description.Name])];

    /// <summary>Whether what is persisted survives the process. Not changed after <see cref="Load"/>.</summary>
    public bool IsDurable { get; }

    /// <summary>Whether <see cref="Load"/> was called.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>When the machine wants <see cref="Advance"/> to be called; null where it does not.</summary>
    public Instant? NextTimer => timers.Next;

    /// <inheritdoc cref="TimerQueue.Count"/>
    public int TimerCount => timers.Count;

    public ServedComponent? Find(string component) => components.GetValueOrDefault(component);

    /// <summary>Takes the actions since the last call, in order.</summary>
    /// <param name="next">An empty list for those to come, which is the machine's from now on; left out, a new one.</param>
    public List<MachineAction> TakeActions(List<MachineAction>? next = null)
    {
        List<MachineAction> taken = actions;
        actions = next ?? [];
        return taken;
    }

    /// <summary>Whether anything is to be done.</summary>
    public bool HasActions => actions.Count > 0;

    /// <summary>Time has passed: runs every timer that is due.</summary>
    public void Advance(Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        (Instant At, MachineTimer Kind)? before = null;
        while (timers.TryTake(now, out var due))
        {
            // What one moment has decided is published before the next one, and before requests are answered at their deadlines: whatever
            // else is due now, each component is published alike.
            if (before is not null && before != (due.At, due.Kind))
            {
                Settle();
            }

            before = (due.At, due.Kind);
            Run(due.Kind, due.Of, due.At);
        }

        Settle();
    }

    /// <summary>Whether a pause matters at any time: some state rests on time in which this process has to be running. Otherwise it matters
    /// only to what is evaluated meanwhile.</summary>
    public bool CountsTime => graph.CountsTime;

    /// <summary>This process did not run from one moment to another: stopped, suspended or starved.</summary>
    public void Paused(Instant from, Instant to, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        pauses.Add((from, to));
        NotePause(from);
        if (pauses.Count > MostPauses)
        {
            pauses.RemoveAt(0);
        }

        foreach (Vertex vertex in graph.Vertices)
        {
            if (vertex.Combinator is { } combinator)
            {
                vertex.Node.State = combinator.AfterPause(vertex.Node.State, from, now);
                dirty.Add(vertex.Node);
            }
        }

        RenewDueBeats();

        Settle();
    }

    // Probes that began before the oldest of so many have long ended.
    private const int MostPauses = 16;

    private readonly List<(Instant From, Instant To)> pauses = [];

    // Everything has just changed at once; from now on, next to nothing does.
    private void TrimBuffers()
    {
        dirty.TrimExcess();
        touched.TrimExcess();
        componentWrites.TrimExcess();
        firstTurns.TrimExcess();
        newLatches.TrimExcess();
    }

    private void Begin(Instant at, DateTimeOffset wallClock)
    {
        // A caller that read the clock before another one comes in after it.
        now = Instant.Max(now, at);
        wall = wallClock;
    }

    private void Run(MachineTimer kind, object? of, Instant at)
    {
        switch (kind)
        {
            case MachineTimer.Turn:
                StartDueTurn((Node)of!, at);
                break;
            case MachineTimer.FirstTurnSlot:
                FreeSlot((Node)of!);
                break;
            case MachineTimer.EvaluationLimit:
                EndEvaluationAtLimit((Node)of!, at);
                break;
            case MachineTimer.ResponseDeadline:
                AnswerAtDeadline((ServedComponent)of!, at);
                break;
            case MachineTimer.EvaluationOverdue:
                ReportOverdue((ServedComponent)of!, at);
                break;
            case MachineTimer.Silence:
                JudgeSilence((Node)of!, at);
                break;
            case MachineTimer.Stale:
                ReportStale((ServedComponent)of!, at);
                break;
            case MachineTimer.PublishHold:
                EndHolds((ServedComponent)of!);
                break;
            case MachineTimer.ProposalTimeout:
                TimeOut((Proposal)of!);
                break;
            case MachineTimer.GuardExpiry:
                EndGuardDelay((GuardGroup)of!);
                break;
            case MachineTimer.OverrideNotice:
                MarkOverridden((string)of!);
                break;
            case MachineTimer.OverrideExpiry:
                ExpireOverride((string)of!);
                break;
            case MachineTimer.FireExpiry:
                ExpireFire((Node)of!);
                break;
            case MachineTimer.SignOfLife:
                NoteAlive();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such timer");
        }
    }

    private void Do(MachineAction action) => actions.Add(action);

    private string NextIdentity() => string.Create(CultureInfo.InvariantCulture, $"{process}-{++lastIdentity:x}");

    private Observation Stamp(Observation seen) =>
        seen.IsStamped ? seen : seen with { Id = ++lastObservation, Started = now, Ended = now };
}
