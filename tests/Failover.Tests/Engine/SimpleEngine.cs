namespace Failover;

/// <summary>One component a second time, as simply as it can be said: one thread, no sharing, whole histories, every rule as the
/// contract words it. Looks take no time here, and there is one background loop at the most.</summary>
internal sealed class SimpleEngine
{
    private readonly HealthTask root;
    private readonly Func<Check, HealthState> look;
    private readonly Dictionary<HealthTask, Memory> memories = new(ReferenceEqualityComparer.Instance);
    private TimeSpan now;
    private int looks;

    public SimpleEngine(HealthTask root, Func<Check, HealthState> look)
    {
        this.root = root;
        this.look = look;
        Forget(root);
        Loop = Find(root);
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
            JudgeAbove(Loop);
            NextTurn += Loop.Interval;
        }

        now = time;
    }

    public HealthState Poll() => (IsDriven(root) ? memories[root].Shown : Evaluate(root)).State;

    public FireOutcome Fire(Oneshot oneshot)
    {
        if (!IsInCharge(oneshot, root) || memories[oneshot].IsArmed)
        {
            return FireOutcome.NothingToReset;
        }

        memories[oneshot].IsArmed = true;
        JudgeAbove(oneshot);
        return FireOutcome.Armed;
    }

    private Seen Evaluate(HealthTask task)
    {
        Memory memory = memories[task];
        return task switch
        {
            _ when IsDriven(task) => memory.Shown,
            Check check => memory.Shown = new(look(check), ++looks, now),
            _ => Judge(task),
        };
    }

    private Seen Judge(HealthTask task)
    {
        Memory memory = memories[task];
        switch (task)
        {
            case Hysteresis hysteresis:
                return memory.Shown = Judge(hysteresis, memory, Evaluate(hysteresis.Task));
            case Toggle toggle:
                return memory.Shown = Judge(toggle, memory, Evaluate(InCharge(toggle)));
            case Oneshot oneshot:
                bool isFired = memory.IsArmed;
                memory.IsArmed = false;
                HealthState other = oneshot.DefaultState == Ok ? Fail : Ok;
                return memory.Shown = new(isFired ? other : oneshot.DefaultState, ++looks, now);
            default:
                return memory.Shown;
        }
    }

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
        if (counts && seen.State != Error && seen.State != memory.State)
        {
            memory.State = seen.State;
            memory.Since = now;
            Forget(InCharge(toggle), standing: memory.State);
        }

        return Held(counts ? seen : seen with { Id = 0 }, memory.State);
    }

    // What is shown while it could not be told is no evidence for what stands above.
    private static Seen Held(Seen seen, HealthState state) =>
        seen with
        {
            State = state,
            Id = seen.State == Error ? 0 : seen.Id,
        };

    private void JudgeAbove(HealthTask task)
    {
        for (HealthTask? above = Parent(task, root); above is not (null or Background); above = Parent(above, root))
        {
            HealthTask wanted = above is Toggle toggle ? InCharge(toggle) : above.Children[0];
            bool isJudgedJustNow = ReferenceEquals(wanted, task) && task is not Oneshot;
            if (wanted.HasOnDemandCheck && !isJudgedJustNow)
            {
                return;
            }

            memories[above].Shown = JudgeFromMemory(above, wanted, isJudgedJustNow);
            task = above;
        }

        // A fire passes through the loop; a result of the loop ends there, and its own turn begins above it.
        if (Parent(task, root) is Background loop && !ReferenceEquals(task, Loop))
        {
            memories[loop].Shown = task is Oneshot ? Evaluate(task) : memories[task].Shown;
            JudgeAbove(loop);
        }
    }

    private Seen JudgeFromMemory(HealthTask above, HealthTask wanted, bool isJudgedJustNow)
    {
        Seen seen = isJudgedJustNow || IsDriven(wanted) ? memories[wanted].Shown : Evaluate(wanted);
        return above switch
        {
            Hysteresis hysteresis => Judge(hysteresis, memories[above], seen),
            Toggle toggle => Judge(toggle, memories[above], seen),
            _ => throw new NotSupportedException(),
        };
    }

    private void Forget(HealthTask task, HealthState? standing = null)
    {
        foreach (HealthTask child in task.Children)
        {
            Forget(child, standing);
        }

        bool isNew = !memories.TryGetValue(task, out Memory? known);
        HealthState first = (task is Hysteresis ? standing : null) ?? task.StateAtFirst ?? Fail;
        Seen shown = task is Background or Check && !isNew ? known!.Shown : new Seen(first, 0, now);
        if (isNew && task is Toggle toggle)
        {
            Forget(toggle.InitialState == Ok ? toggle.ToFail : toggle.ToOk, toggle.InitialState);
        }

        memories[task] = new Memory
        {
            State = first,
            Since = now,
            Shown = shown,
        };
    }

    private HealthTask InCharge(Toggle toggle) => memories[toggle].State == Ok ? toggle.ToFail : toggle.ToOk;

    private bool IsInCharge(HealthTask sought, HealthTask task) =>
        ReferenceEquals(sought, task)
        || (
            task is Toggle toggle
                ? IsInCharge(sought, InCharge(toggle))
                : task.Children.Any(child => IsInCharge(sought, child))
        );

    private static bool IsDriven(HealthTask task) => task.HasBackground && !task.HasOnDemandCheck;

    private static HealthTask? Parent(HealthTask task, HealthTask within) =>
        within.Children.Any(child => ReferenceEquals(child, task))
            ? within
            : within.Children.Select(child => Parent(task, child)).FirstOrDefault(parent => parent is not null);

    private static Background? Find(HealthTask task) =>
        task as Background ?? task.Children.Select(Find).FirstOrDefault(found => found is not null);

    private sealed record Seen(HealthState State, int Id, TimeSpan At);

    private sealed class Memory
    {
        public List<Seen> History { get; } = [];

        public required HealthState State { get; set; }

        public required TimeSpan Since { get; set; }

        public required Seen Shown { get; set; }

        public bool IsArmed { get; set; }

        public int LastId { get; set; }
    }
}
