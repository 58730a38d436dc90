namespace Failover;

// Background loops: all first turns at once, though not too many at a time, and the later ones spread over the interval.
internal sealed partial class HealthMachine
{
    // First turns at a time. A turn that takes longer than its slot continues without one, so that tasks that hang hold up the first
    // turns of the others for little.
    private const int FirstTurnSlots = 256;
    private static readonly TimeSpan FirstTurnSlot = TimeSpan.FromMilliseconds(250);

    private readonly Queue<Node> firstTurns = [];

    // Made once: turns are what the machine does most.
    private readonly HashSet<Node> judgedInTurn = [];
    private int slotsInUse;
    private bool isFillingSlots;
    private int lastLoop;

    /// <summary>Whether each background loop below a component has ended a turn, or has taken so long for the first that its result is
    /// stale.</summary>
    public static bool HasBeenJudged(ServedComponent component, Instant at) =>
        AllBelow(component.Root)
            .All(node => node.Loop is null or { HasTurned: true } || node.Shown.ReadAt(at).State == HealthState.Error);

    // A loop that is new, or below which something has changed, takes a turn as soon as a slot is free.
    private void ScheduleTurnSoon(Node node)
    {
        node.Loop ??= new(node.Combinator!.Turns!.Value, lastLoop++, process);
        firstTurns.Enqueue(node);
    }

    private void FillSlots()
    {
        if (isFillingSlots)
        {
            return;
        }

        isFillingSlots = true;
        while (slotsInUse < FirstTurnSlots && firstTurns.TryDequeue(out Node? node))
        {
            if (node.IsRetired || node.Loop is not { } loop)
            {
                continue;
            }

            if (loop.NextTurn is null)
            {
                SetTurn(node, now + loop.SecondTurnAfter);
            }

            // A loop that is changed again while its first turn runs has one already.
            slotsInUse += loop.HoldsSlot ? 0 : 1;
            loop.HoldsSlot = true;
            timers.Set(now + FirstTurnSlot, MachineTimer.FirstTurnSlot, node);
            StartTurn(node);
        }

        isFillingSlots = false;
    }

    private void FreeSlot(Node node)
    {
        if (node.Loop is { HoldsSlot: true } loop)
        {
            loop.HoldsSlot = false;
            slotsInUse--;
            FillSlots();
        }
    }

    // The beat stays on time, whatever the jitter of its turn.
    private void SetTurn(Node node, Instant beat)
    {
        Loop loop = node.Loop!;
        loop.Beat = beat;
        loop.NextTurn = beat + loop.NextJitter();
        timers.Set(loop.NextTurn.Value, MachineTimer.Turn, node);
    }

    private void StartDueTurn(Node node, Instant at)
    {
        if (node.IsRetired || node.Loop is not { } loop || loop.NextTurn != at)
        {
            return;
        }

        Do(new MachineAction.Late(now - at));
        // Turns that were missed are not made up for: after a pause, one turn and then the old beat.
        long beats = 1 + ((now - loop.Beat).Ticks / loop.Interval.Ticks);
        SetTurn(node, loop.Beat + (beats * loop.Interval));
        StartTurn(node);
    }

    private void StartTurn(Node node)
    {
        Loop loop = node.Loop!;
        if (loop.IsRunning)
        {
            loop.IsLate = true;
            return;
        }

        loop.IsRunning = true;
        loop.Started = now;
        Node task = node.Child(0);
        if (Evaluate(task, ++lastRound))
        {
            FinishTurn(node);
        }
        else
        {
            task.Evaluation!.Waiters.Add(node);
        }
    }

    // Counted from the start of the turn that has ended.
    private void ChangeInterval(Node node, Loop loop)
    {
        if (!loop.Schedule.IsVariable)
        {
            return;
        }

        bool isChanging = Active(node.Child(0)).Any(below => below.Combinator?.IsChanging(below.State) == true);
        TimeSpan interval = node.Combinator!.IntervalInForce(node.State, isChanging);
        if (interval != loop.Interval)
        {
            loop.Interval = interval;
            SetTurn(node, Instant.Max(now, loop.Started + interval));
        }
    }

    private void FinishTurn(Node node)
    {
        Loop loop = node.Loop!;
        loop.IsRunning = false;
        loop.HasTurned = true;
        if (node.IsRetired)
        {
            return;
        }

        judgedInTurn.Clear();
        judgedInTurn.Add(node.Child(0));
        TryJudgeFromMemory(node, judgedInTurn);
        ChangeInterval(node, loop);
        ReevaluateAncestors(node, passesLoops: false);
        FreeSlot(node);
        if (loop.IsLate)
        {
            loop.IsLate = false;
            StartTurn(node);
        }
    }
}
