namespace Failover;

// Evaluations that take too long: given up where a combinator limits them, reported where they far outlast their longest time.
internal sealed partial class HealthMachine
{
    // The earliest timer of each node. One for a node, not one for each evaluation: evaluations end long before their limit.
    private readonly Dictionary<Node, Instant> limitTimers = [];

    /// <summary>A probe does not begin yet, as too many others run. A limit that an evaluation reaches meanwhile says nothing about the
    /// target.</summary>
    public void ProbeWaits(long probe, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        if (probes.TryGetValue(probe, out Node? check))
        {
            MarkWaited(check);
        }

        Settle();
    }

    private static void MarkWaited(Node node)
    {
        if (node.Evaluation is { HasWaited: false } evaluation)
        {
            evaluation.HasWaited = true;
            evaluation.Waiters.ForEach(MarkWaited);
        }
    }

    private void LimitEvaluation(Node node)
    {
        if (node.Combinator?.EvaluationLimit is not { } limit)
        {
            return;
        }

        Instant due = node.Evaluation!.Started + limit;
        if (!limitTimers.TryGetValue(node, out Instant earliest) || due < earliest)
        {
            limitTimers[node] = due;
            timers.Set(due, MachineTimer.EvaluationLimit, node);
        }
    }

    // What it waits for runs on, and shows when it ends; this evaluation is over.
    private void EndEvaluationAtLimit(Node node, Instant at)
    {
        if (!limitTimers.TryGetValue(node, out Instant earliest) || earliest != at)
        {
            return;
        }

        limitTimers.Remove(node);
        if (
            node.IsRetired
            || node.Evaluation is not { } evaluation
            || node.Combinator?.EvaluationLimit is not { } limit
        )
        {
            return;
        }

        if (now < evaluation.Started + limit)
        {
            LimitEvaluation(node);
            return;
        }

        foreach (Vertex child in node.Vertex.Children)
        {
            child.Node.Evaluation?.Waiters.Remove(node);
        }

        JudgeTimedOut(node, evaluation);
        Complete(node);
    }

    // What it joins has been waited for since that began.
    private Instant StartOfEvaluation(Node node) =>
        node.Combinator?.EvaluationLimit is not null && node.Child(0).Evaluation is { } running ? running.Started : now;

    // The result may arrive before the timer, and have ended after it.
    private static bool IsLate(Node node, Evaluation evaluation) =>
        node.Combinator?.EvaluationLimit is { } limit && node.Child(0).Shown.Ended >= evaluation.Started + limit;

    private void JudgeTimedOut(Node node, Evaluation evaluation)
    {
        Observation limit = node.Combinator!.TimedOut;
        Observation timedOut = evaluation.HasWaited
            ? Observation.Error($"a probe waited until others had ended: {limit.Reason}")
            : DiscountTimeoutDuringPause(limit, evaluation.Started, now);
        timedOut = timedOut with { Id = ++lastObservation, Started = evaluation.Started, Ended = now };
        Judge(node, [timedOut]);
    }

    // An evaluation that a reload has made that of another component has been waited for since then only.
    private static Instant OverdueAt(ServedComponent component) =>
        Instant.Max(component.Root.Evaluation!.Started, component.DescribedSince) + component.OverdueAfter;

    private void WatchOverdue(ServedComponent component)
    {
        Instant due = OverdueAt(component);
        if (due < component.OverdueTimer)
        {
            component.OverdueTimer = due;
            timers.Set(due, MachineTimer.EvaluationOverdue, component);
        }
    }

    private void ReportOverdue(ServedComponent component, Instant at)
    {
        if (component.OverdueTimer != at)
        {
            return;
        }

        component.OverdueTimer = Instant.Never;
        if (component.IsRetired || component.IsOverdue || component.Root.Evaluation is null)
        {
            return;
        }

        if (now >= OverdueAt(component))
        {
            BecomeOverdue(component);
        }
        else
        {
            WatchOverdue(component);
        }
    }

    private void BecomeOverdue(ServedComponent component)
    {
        component.IsOverdue = true;
        MarkChanged(component);
    }
}
