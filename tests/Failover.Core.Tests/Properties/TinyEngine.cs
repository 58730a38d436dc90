namespace Failover;

/// <summary>As little of an engine as a chain of tasks needs: a check at the bottom, each task above it with the one
/// below as its first child, a <see cref="Toggle"/> with a <see cref="Oneshot"/> of its own as its second.</summary>
internal sealed class TinyEngine
{
    /// <summary>How long a look takes.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);

    // From the check up to the root. Equal tasks are different nodes.
    private readonly List<HealthTask> chain = [];
    private readonly Dictionary<HealthTask, object> states = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<HealthTask, Observation> shown = new(ReferenceEqualityComparer.Instance);
    private readonly int memory;
    private long newestId;

    public TinyEngine(HealthTask root)
    {
        for (HealthTask? task = root; task is not null; task = task.Children.FirstOrDefault())
        {
            chain.Insert(0, task);
        }

        memory = chain.FindIndex(task => task is Background);
        foreach (Combinator combinator in chain.SelectMany(task => task.Children.Append(task)).OfType<Combinator>())
        {
            states.TryAdd(combinator, combinator.CreateUntypedState(Now));
        }

        Read();
    }

    public Instant Now { get; private set; }

    /// <summary>What a request gets.</summary>
    public HealthState Root => shown.TryGetValue(chain[^1], out Observation? root) ? root.ReadAt(Now).State : Error;

    public IReadOnlyDictionary<HealthTask, object> States => states;

    /// <summary>What is known of a node.</summary>
    public NodeView View(HealthTask task) =>
        new(
            states.GetValueOrDefault(task) ?? "",
            shown.GetValueOrDefault(task) ?? Observation.WithoutEvidence(Fail, "not evaluated yet")
        );

    public void Wait(TimeSpan duration) => Now += duration;

    /// <summary>One look at the world: a round of the background loop, or a request for an on-demand task.</summary>
    /// <returns>The observation; null where no task wanted the check to look.</returns>
    public Observation? See(HealthState state)
    {
        int latched = chain.FindLastIndex(task => task is Toggle toggle && !toggle.Evaluates(Of(toggle), 0));
        if (memory < 0 && latched >= 0)
        {
            JudgeFrom(latched, below: null);
            return null;
        }

        Instant started = Now;
        Now += Look;
        Observation seen = StampedObservation.At(state, Now, ++newestId) with { Started = started };
        shown[chain[0]] = seen;
        JudgeFrom(1, seen);
        return seen;
    }

    /// <summary>A reading that looks at nothing new: the nodes above a background are judged again, as when another loop
    /// has a new result.</summary>
    public void Read()
    {
        if (memory >= 0)
        {
            JudgeFrom(memory, below: null);
        }
    }

    /// <summary>A fire. Refused where the toggle does not want its button: there is nothing to reset.</summary>
    public bool Fire(Toggle toggle)
    {
        bool isAccepted = toggle.Evaluates(Of(toggle), 1);
        if (isAccepted)
        {
            Arm(toggle);
        }

        return isAccepted;
    }

    /// <summary>A fire that nothing refuses, as one that came early.</summary>
    public void Arm(Toggle toggle) => states[toggle.ToOk] = Oneshot.Arm(Now);

    /// <summary>The process was down: a latch is stored, everything else begins anew.</summary>
    public void Restart()
    {
        foreach (Combinator task in states.Keys.Cast<Combinator>().ToList())
        {
            states[task] = states[task] is Toggle.Position position
                ? position with
                {
                    Since = Now,
                }
                : task.CreateUntypedState(Now);
        }

        Read();
    }

    public Toggle.Position Of(Toggle toggle) => (Toggle.Position)states[toggle];

    private void JudgeFrom(int first, Observation? below)
    {
        Observation? newest = below;
        for (int index = first; index < chain.Count; index++)
        {
            newest = Judge((Combinator)chain[index], newest);
        }
    }

    private Observation Judge(Combinator task, Observation? below)
    {
        Observation? button =
            task is Toggle toggle && task.Evaluates(states[task], 1) ? Judge((Combinator)toggle.ToOk, null) : null;
        Step<object> step = task.Judge(states[task], [below?.ReadAt(Now), button], Now);
        states[task] = step.State;
        foreach (HealthTask child in step.ToRestart)
        {
            Restart(child, step.Observation.State);
        }

        return shown[task] = step.Observation.IsStamped
            ? step.Observation
            : step.Observation with
            {
                Id = ++newestId,
                Started = Now,
                Ended = Now,
            };
    }

    private void Restart(HealthTask task, HealthState standing)
    {
        if (task is Combinator combinator)
        {
            states[task] = combinator.Restart(states[task], standing, Now);
        }

        foreach (HealthTask child in task.Children)
        {
            Restart(child, standing);
        }
    }
}
