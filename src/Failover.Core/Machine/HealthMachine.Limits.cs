namespace Failover;

// Evaluations that take too long: given up where a combinator limits them, reported where they far outlast their longest time.
internal sealed partial class HealthMachine
{
    private void LimitEvaluation(Node node)
    {
        if (node.Combinator?.EvaluationLimit is { } limit)
        {
            timers.Set(now + limit, MachineTimer.EvaluationLimit, node);
        }
    }

    // What it waits for runs on, and shows when it ends; this evaluation is over.
    private void EndEvaluationAtLimit(Node node)
    {
        if (
            node.IsRetired
            || node.Evaluation is not { } evaluation
            || node.Combinator?.EvaluationLimit is not { } limit
            || now < evaluation.Started + limit
        )
        {
            return;
        }

        foreach (Vertex child in node.Vertex.Children)
        {
            child.Node.Evaluation?.Waiters.Remove(node);
        }

        Observation timedOut = DiscountTimeoutDuringPause(node.Combinator.TimedOut, evaluation.Started, now) with
        {
            Id = ++lastObservation,
            Started = evaluation.Started,
            Ended = now,
        };
        Judge(node, [timedOut]);
        Complete(node);
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
