namespace Failover;

// One step of the machine: an input under the lock, and then what comes out of it.
internal sealed partial class HealthEngine
{
    // Every input begins here: the lock is taken and the clock is read.
    private Input Enter()
    {
        activity.Enter();
        gate.Enter();
        FeedPauses();
        enteredAt = Clock.Time.GetTimestamp();
        return new(this, Clock.At(enteredAt), Clock.Time.GetUtcNow());
    }

    // A pause that has just ended comes before whatever ran out of time during it.
    private void FeedPauses()
    {
        foreach (Pause pause in pauses.Poll())
        {
            if (pause.Number > lastPause)
            {
                lastPause = pause.Number;
                machine.Paused(Clock.At(pause.From), Clock.At(pause.To), Clock.Now, Clock.Time.GetUtcNow());
            }
        }
    }

    // Time that is counted is under observation throughout; else, only what is probed is.
    private void WatchPauses()
    {
        if (machine.CountsTime == isTimeCounted)
        {
            return;
        }

        isTimeCounted = machine.CountsTime;
        if (isTimeCounted)
        {
            pauses.Begin(enteredAt);
        }
        else
        {
            pauses.End();
        }
    }

    // And ends here: what is published is published under the lock, in order; all else is done without it.
    private void Exit()
    {
        List<MachineAction> actions;
        bool isHistoryFilling;
        int probesWanted = 0;
        try
        {
            actions = machine.TakeActions(Interlocked.Exchange(ref spareActions, null));
            foreach (MachineAction action in actions)
            {
                if (action is MachineAction.Publish publish)
                {
                    (publish.Component.Reader as Component)?.Publish(publish.Snapshot);
                }
                else if (action is MachineAction.Event happened)
                {
                    Events.Publish(happened.Happened);
                }
                else if (action is MachineAction.Late late)
                {
                    lateness.Add(late.By);
                }
                else if (action is MachineAction.Probe)
                {
                    probesWanted++;
                }
                else if (action is MachineAction.Persist or MachineAction.Propose or MachineAction.Withdraw)
                {
                    storing.Add(action);
                }
            }

            isHistoryFilling = machine.HistoryLog?.IsFilling == true;
            if (probesWanted > 0)
            {
                pauses.Begin(enteredAt, probesWanted);
            }

            if (machine.NextTimer is { } next && !Volatile.Read(ref isStopped))
            {
                timer.Set(next);
            }
        }
        finally
        {
            gate.Exit();
        }

        if (isHistoryFilling)
        {
            rollUps!.Wake();
        }

        foreach (MachineAction action in actions)
        {
            Do(action, beginsHere: probesWanted <= MostProbesBegunHere);
        }

        actions.Clear();
        Volatile.Write(ref spareActions, actions.Capacity <= MostSpareActions ? actions : null);

        if (OperatingSystem.IsLinux() && EventLoop.Current is not null && !storing.IsEmpty)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static engine => engine.Store(), this, preferLocal: false);
        }
        else
        {
            Store();
        }
    }

    // The store may be code of the user's: not on a loop.
    private void Store()
    {
        storing.Drain();
        activity.Leave();
    }

    private void Do(MachineAction action, bool beginsHere)
    {
        switch (action)
        {
            case MachineAction.Probe probe:
                activity.Enter();
                probes.Start(probe, beginsHere);
                break;
            case MachineAction.Abandon abandon:
                probes.Abandon(abandon.Id);
                break;
            case MachineAction.Answer answer:
                ((IRequestTicket)answer.Ticket).Answer(answer.Snapshot);
                break;
            case MachineAction.Reply reply:
                ((TaskCompletionSource<OperationResult>)reply.Ticket).TrySetResult(new(reply.Outcome, reply.Detail));
                break;
            case MachineAction.Late late:
                BackgroundMetrics.Record(late.By);
                break;
            case MachineAction.Event { Happened: GuardChange change }:
                GuardMetrics.Record(change);
                break;
            case MachineAction.Publish or MachineAction.Event:
            case MachineAction.Persist or MachineAction.Propose or MachineAction.Withdraw:
                break;
            default:
                throw new ArgumentException($"no such action: {action}", nameof(action));
        }
    }

    private readonly ref struct Input(HealthEngine engine, Instant now, DateTimeOffset wall)
    {
        public Instant Now => now;

        public DateTimeOffset Wall => wall;

        public void Dispose() => engine.Exit();
    }
}
