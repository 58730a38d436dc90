namespace Failover;

// Requests, and evaluations on demand.
internal sealed partial class HealthMachine
{
    /// <summary>A poller asks. It is answered by <see cref="MachineAction.Answer"/>: from memory where background loops probe, else
    /// by an evaluation that all who ask meanwhile share.</summary>
    public void Request(object ticket, ServedComponent component, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        if (component.IsRetired || component.Root.IsEvaluatedInBackground || component.HeldBy.Length > 0)
        {
            Do(new MachineAction.Answer(ticket, component.Published.ReadAt(now)));
            return;
        }

        if (OverrideOf(component) is not null || DictatingWindowOf(component) is not null)
        {
            // The evaluation runs nevertheless: status and page show what would be served without the override.
            Do(new MachineAction.Answer(ticket, component.Published.ReadAt(now)));
            Ask(component);
            Settle();
            return;
        }

        Ticket waiting = new(
            ticket,
            component.Description.ResponseDeadline is { } deadline ? now + deadline : Instant.Never
        );
        component.Tickets.Add(waiting);
        WatchDeadline(component, waiting.Deadline);
        Ask(component);
        Settle();
    }

    /// <summary>A probe has ended.</summary>
    /// <param name="probe">Which.</param>
    /// <param name="verdict">What it saw.</param>
    /// <param name="started">When it began.</param>
    /// <param name="ended">When it ended, which may be before this is reported.</param>
    /// <param name="at">The time.</param>
    /// <param name="wallClock">The wall clock, for display.</param>
    public void Observed(
        long probe,
        Observation verdict,
        Instant started,
        Instant ended,
        Instant at,
        DateTimeOffset wallClock
    )
    {
        Begin(at, wallClock);
        if (!probes.Remove(probe, out Node? check))
        {
            return;
        }

        Observation seen = DiscountTimeoutDuringPause(verdict, started, ended) with
        {
            Id = ++lastObservation,
            // Of several that were asked for together none counts as begun after another one, whichever thread ran first; but what
            // had to wait did begin after them.
            Started = check.Evaluation!.HasWaited ? started : Instant.Min(started, check.Evaluation.Started),
            Ended = ended,
        };
        NoteProbe(check, seen, ended - started);
        RecordDefinite(check, seen.State, seen.Started);
        Show(check, seen);
        Complete(check);
        Settle();
    }

    // A deadline that passed while this process did not run says nothing about the target.
    private Observation DiscountTimeoutDuringPause(Observation verdict, Instant started, Instant ended) =>
        verdict.IsTimeout && pauses.Exists(pause => pause.From < ended && pause.To > started)
            ? Observation.Error($"this process was paused meanwhile: {verdict.Reason}")
            : verdict;

    // Evaluates its root, or joins the evaluation that runs.
    private void Ask(ServedComponent component)
    {
        if (component.Root.Evaluation is not null)
        {
            if (now >= OverdueAt(component))
            {
                BecomeOverdue(component);
            }
            else
            {
                WatchOverdue(component);
            }

            return;
        }

        component.IsOverdue = false;
        if (Evaluate(component.Root, ++lastRound))
        {
            MarkChanged(component);
            return;
        }

        WatchOverdue(component);
    }

    // Whether the result is there already; else the node has an evaluation.
    private bool Evaluate(Node node, long round)
    {
        if (node.IsEvaluatedInBackground)
        {
            return true;
        }

        if (node.Evaluation is not null)
        {
            return false;
        }

        if (node.Round == round)
        {
            return true;
        }

        node.Round = round;
        if (node.Combinator?.ReusesResult(node.State, now) == true)
        {
            return true;
        }

        if (node.Vertex.Task is Check check)
        {
            long probe = ++lastProbe;
            node.Evaluation = new(now) { Probe = probe };
            probes.Add(probe, node);
            Do(new MachineAction.Probe(probe, check, now + check.LongestTime));
            return false;
        }

        Evaluation evaluation = new(StartOfEvaluation(node)) { Requested = new bool[node.Vertex.Children.Length] };
        for (int i = 0; i < evaluation.Requested.Length; i++)
        {
            Node child = node.Child(i);
            evaluation.Requested[i] = child.IsEvaluatedInBackground || node.Evaluates(i);
            if (evaluation.Requested[i] && !Evaluate(child, round))
            {
                evaluation.Pending++;
                evaluation.HasWaited |= child.Evaluation!.HasWaited;
                child.Evaluation.Waiters.Add(node);
            }
        }

        if (evaluation.Pending > 0)
        {
            node.Evaluation = evaluation;
            LimitEvaluation(node);
            return false;
        }

        Judge(node, evaluation.Requested);
        return true;
    }

    // An evaluation has ended, and its waiters continue.
    private void Complete(Node node)
    {
        Evaluation ended = node.Evaluation!;
        node.Evaluation = null;
        foreach (Node waiter in ended.Waiters)
        {
            if (waiter.Loop is { IsRunning: true })
            {
                FinishTurn(waiter);
            }
            else if (waiter.Evaluation is { } waiting && --waiting.Pending == 0)
            {
                if (IsLate(waiter, waiting))
                {
                    JudgeTimedOut(waiter, waiting);
                }
                else
                {
                    Judge(waiter, waiting.Requested);
                }

                Complete(waiter);
            }
        }

        foreach (ServedComponent component in ServedAs(node.Vertex))
        {
            component.IsOverdue = false;
            component.IsAnswerDue = true;
            MarkChanged(component);
        }
    }
}
