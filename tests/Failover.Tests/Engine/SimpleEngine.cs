namespace Failover;

/// <summary>One component a second time, as simply as it can be said: one thread, no sharing, whole histories, every rule as the
/// contract words it. Probes take no time here, what is proposed is committed at once, and there is one background loop at the
/// most.</summary>
internal sealed class SimpleEngine
{
    private readonly HealthTask root;
    private readonly Func<Check, HealthState> probe;
    private readonly Dictionary<HealthTask, Memory> memories = new(ReferenceEqualityComparer.Instance);
    private TimeSpan now;
    private int probes;

    public SimpleEngine(HealthTask root, Func<Check, HealthState> probe)
    {
        this.root = root;
        this.probe = probe;
        Begin(root, standing: null);
        Loop = Below(root).OfType<Background>().FirstOrDefault();
        NextTurn = TimeSpan.Zero;
    }

    public Background? Loop { get; }

    public TimeSpan NextTurn { get; private set; }

    /// <summary>Takes the turns that are due on the way.</summary>
    public void AdvanceTo(TimeSpan time)
    {
        while (Loop is not null && NextTurn <= time)
        {
            now = NextTurn;
            memories[Loop].Shown = Evaluate(Loop.Task);
            JudgeAbove(Loop, passesLoop: false);
            NextTurn += Loop.Interval;
        }

        now = time;
    }

    public HealthState Poll()
    {
        HealthState judged = (IsDriven(root) ? memories[root].Shown : Evaluate(root)).State;
        return IsLatched(root, ended: []) ? Fail : judged;
    }

    /// <summary>Ends every latch for which the fire makes its way back ok, the innermost first, but none below which a latch
    /// stands.</summary>
    public OperationOutcome Fire(Oneshot oneshot)
    {
        Toggle[] targets =
        [
            .. Below(root)
                .OfType<Toggle>()
                .Where(toggle => memories[toggle].State == Fail && IsActive(oneshot, toggle.ToOk)),
        ];
        if (targets.Length == 0)
        {
            return OperationOutcome.NothingToReset;
        }

        HashSet<HealthTask> ended = new(ReferenceEqualityComparer.Instance);
        foreach (Toggle toggle in targets)
        {
            if (!IsLatched(toggle.ToFail, ended) && IsOkWhenFired(toggle.ToOk, oneshot, ended))
            {
                ended.Add(toggle);
            }
        }

        if (ended.Count == 0)
        {
            return OperationOutcome.HeldBelow;
        }

        foreach (Toggle toggle in targets.Where(ended.Contains))
        {
            if (memories[toggle].State == Fail)
            {
                Move(toggle, Ok);
                memories[toggle].Shown = new(Ok, ++probes, now);
                JudgeAbove(toggle, passesLoop: true);
            }
        }

        return OperationOutcome.Armed;
    }

    private Seen Evaluate(HealthTask task)
    {
        Memory memory = memories[task];
        return task switch
        {
            _ when IsDriven(task) => memory.Shown,
            Check check => memory.Shown = new(probe(check), ++probes, now),
            Oneshot => memory.Shown = new(Fail, ++probes, now),
            _ => EvaluateBelow(),
        };

        Seen EvaluateBelow()
        {
            if (HoldingSide(task) is { } holding && !IsDriven(holding))
            {
                Evaluate(holding);
            }

            return memory.Shown = Judge(task, memory, Evaluate(Wanted(task)));
        }
    }

    // A latch that another one below holds has that one evaluated, too: it may be released by evidence.
    private HealthTask? HoldingSide(HealthTask task) =>
        task is Toggle toggle && memories[toggle].State == Fail && IsLatched(toggle.ToFail, ended: [])
            ? toggle.ToFail
            : null;

    private Seen Judge(HealthTask task, Memory memory, Seen seen) =>
        task switch
        {
            Hysteresis hysteresis => Judge(hysteresis, memory, seen),
            Toggle toggle => Judge(toggle, memory, seen),
            _ => seen,
        };

    private static Seen Judge(Hysteresis hysteresis, Memory memory, Seen seen)
    {
        if (seen.Id == 0 || seen.At < memory.Since)
        {
            return seen with { State = memory.State, Id = 0 };
        }

        if (seen.Id > memory.LastId)
        {
            memory.History.Add(seen);
            memory.LastId = seen.Id;
        }

        HealthState state = memory.State;
        Seen[] definite = [.. memory.History.Where(one => one.State != Error)];
        Seen[] contrary = [.. definite.Reverse().TakeWhile(one => one.State != state).Reverse()];
        Threshold threshold = state == Ok ? hysteresis.FailAfter : hysteresis.OkAfter;
        bool isReached = threshold switch
        {
            CountThreshold count => contrary.Length >= count.Observations,
            DurationThreshold duration => contrary.Length > 1 && contrary[^1].At - contrary[0].At >= duration.Duration,
            _ => throw new NotSupportedException(),
        };
        memory.State = isReached ? contrary[^1].State : state;
        return Held(seen, memory.State);
    }

    private Seen Judge(Toggle toggle, Memory memory, Seen seen)
    {
        bool counts = seen.Id != 0 && seen.At >= memory.Since;
        bool isHeldBelow = memory.State == Fail && IsLatched(toggle.ToFail, ended: []);
        if (counts && seen.State != Error && seen.State != memory.State && !isHeldBelow)
        {
            Move(toggle, seen.State);
        }

        return counts ? Held(seen, memory.State) : seen with { State = memory.State, Id = 0 };
    }

    private void Move(Toggle toggle, HealthState state)
    {
        memories[toggle].State = state;
        memories[toggle].Since = now;
        Restart(Wanted(toggle), state);
    }

    // What is shown while it could not be told is no evidence for what stands above.
    private static Seen Held(Seen seen, HealthState state) =>
        seen with
        {
            State = state,
            Id = seen.State == Error ? 0 : seen.Id,
        };

    // Judges what stands above from memory, as far as nothing has to be probed for it.
    private void JudgeAbove(HealthTask task, bool passesLoop)
    {
        while (Parent(task, root) is { } above && (above is not Background || passesLoop))
        {
            HealthTask wanted = Wanted(above);
            bool isJudgedJustNow = ReferenceEquals(wanted, task);
            HealthTask? holding = HoldingSide(above);
            bool takesProbe = holding?.HasOnDemandCheck == true && !ReferenceEquals(holding, task);
            if (takesProbe || (wanted.HasOnDemandCheck && !isJudgedJustNow))
            {
                return;
            }

            if (holding is not null && !IsDriven(holding) && !ReferenceEquals(holding, task))
            {
                Evaluate(holding);
            }

            Seen seen = isJudgedJustNow || IsDriven(wanted) ? memories[wanted].Shown : Evaluate(wanted);
            memories[above].Shown = Judge(above, memories[above], seen);
            task = above;
        }
    }

    // A hysteresis below a toggle begins in the toggle's state.
    private void Begin(HealthTask task, HealthState? standing)
    {
        HealthState first = (task is Hysteresis ? standing : null) ?? task.InitialShownState ?? Fail;
        memories[task] = new Memory { State = first, Shown = new(first, 0, now) };
        foreach (HealthTask child in task.Children)
        {
            HealthState? below =
                task is not Toggle ? standing
                : ReferenceEquals(child, Wanted(task)) ? first
                : null;
            Begin(child, below);
        }
    }

    // Evidence is forgotten, a latch and what stands below it are not.
    private void Restart(HealthTask task, HealthState standing)
    {
        Memory memory = memories[task];
        if (task is Toggle && memory.State == Fail)
        {
            return;
        }

        if (task is Hysteresis or Toggle)
        {
            memory.State = standing = task is Toggle ? Ok : standing;
            memory.Since = now;
            memory.History.Clear();
            memory.Shown = new(standing, 0, now);
        }

        foreach (HealthTask child in task.Children)
        {
            Restart(child, standing);
        }
    }

    private bool IsLatched(HealthTask task, HashSet<HealthTask> ended) =>
        task switch
        {
            Toggle toggle => (memories[toggle].State == Fail && !ended.Contains(toggle))
                || IsLatched(toggle.ToFail, ended),
            _ => task.Children.Any(child => IsLatched(child, ended)),
        };

    private bool IsOkWhenFired(HealthTask task, Oneshot fired, HashSet<HealthTask> ended) =>
        task switch
        {
            Oneshot => ReferenceEquals(task, fired),
            Hysteresis hysteresis => Judge(
                hysteresis,
                memories[hysteresis].Copy(),
                new(IsOkWhenFired(hysteresis.Task, fired, ended) ? Ok : Fail, int.MaxValue, now)
            ).State == Ok,
            // One that the fire does not end waits for evidence of its own.
            Toggle toggle when memories[toggle].State == Fail => ended.Contains(toggle),
            _ => task.Children.Any() && IsOkWhenFired(Wanted(task), fired, ended),
        };

    private HealthTask Wanted(HealthTask task) =>
        task is Toggle toggle && memories[toggle].State == Fail ? toggle.ToOk : task.Children[0];

    private bool IsActive(HealthTask sought, HealthTask task) =>
        ReferenceEquals(sought, task)
        || (task.Children.Any() && IsActive(sought, Wanted(task)))
        || (HoldingSide(task) is { } holding && IsActive(sought, holding));

    private static bool IsDriven(HealthTask task) => task.ChangesByItself && !task.HasOnDemandCheck;

    // Children before their parents.
    private static IEnumerable<HealthTask> Below(HealthTask task) => [.. task.Children.SelectMany(Below), task];

    private static HealthTask? Parent(HealthTask task, HealthTask within) =>
        within.Children.Any(child => ReferenceEquals(child, task))
            ? within
            : within.Children.Select(child => Parent(task, child)).FirstOrDefault(parent => parent is not null);

    private sealed record Seen(HealthState State, int Id, TimeSpan At);

    private sealed class Memory
    {
        public List<Seen> History { get; private init; } = [];

        public required HealthState State { get; set; }

        public required Seen Shown { get; set; }

        public TimeSpan Since { get; set; }

        public int LastId { get; set; }

        public Memory Copy() =>
            new()
            {
                State = State,
                Shown = Shown,
                Since = Since,
                LastId = LastId,
                History = [.. History],
            };
    }
}
