namespace Failover;

// What is read of the machine, under its lock.
internal sealed partial class HealthEngine
{
    /// <summary>How the guards are.</summary>
    public IReadOnlyList<GuardSnapshot> GuardsNow()
    {
        lock (gate)
        {
            return [.. machine.Guards.Select(guard => guard.Now)];
        }
    }

    /// <summary>What is counted, copied: some microseconds under the lock.</summary>
    public EngineCounts CountsNow()
    {
        lock (gate)
        {
            return new(
                [.. machine.ProbeCounts.Select(kind => kind.Copy())],
                lateness.Copy(),
                machine.HistoryLog?.Lost ?? 0
            );
        }
    }

    /// <summary>How long the probes of a component took, copied; null where it does not ask for that.</summary>
    public DurationCounts? ProbeDurationsOf(Component component)
    {
        lock (gate)
        {
            return component.Served.ProbeDurations?.Copy();
        }
    }

    /// <summary>Until when the certificates are valid that the checks of a component saw last, by its name: the earliest end.</summary>
    public Dictionary<string, DateTimeOffset> CertificatesNow()
    {
        KeyValuePair<Node, DateTimeOffset>[] seen;
        lock (gate)
        {
            seen = [.. machine.Certificates];
        }

        Dictionary<string, DateTimeOffset> ends = new(StringComparer.Ordinal);
        HashSet<Vertex> above = [];
        foreach ((Node check, DateTimeOffset end) in seen)
        {
            foreach (string component in check.Vertex.ComponentsAbove(above))
            {
                ends[component] = ends.TryGetValue(component, out DateTimeOffset known) && known < end ? known : end;
            }
        }

        return ends;
    }

    /// <inheritdoc cref="HealthMachine.TimerCount"/>
    internal int TimerCount
    {
        get
        {
            lock (gate)
            {
                return machine.TimerCount;
            }
        }
    }

    /// <summary>Whether one of its latches is ended by an authorised fire alone.</summary>
    public bool HasAuthorisedLatch(Component component)
    {
        lock (gate)
        {
            return component.Served.Latches.Any(latch => latch.IsAuthorised);
        }
    }

    /// <summary>Whether it has started, and every background loop of every component has given a result, be it that none came in time.</summary>
    public bool HasJudgedAll()
    {
        lock (gate)
        {
            Instant now = Clock.Now;
            return machine.IsStarted
                && machine.Components.All(component => HealthMachine.HasBeenJudged(component, now));
        }
    }

    /// <summary>Explains a component: for each of its nodes, its evidence and what would change its state.</summary>
    public Explanation Explain(Component component)
    {
        lock (gate)
        {
            return machine.Explain(component.Served, Clock.Now);
        }
    }

    /// <summary>When the checks of a component are probed, and what their newest results come to.</summary>
    public ComponentProbes ProbesOf(Component component)
    {
        lock (gate)
        {
            return machine.ProbesOf(component.Served, Clock.Now);
        }
    }

    /// <summary>The newest probes of a component's checks, the newest first.</summary>
    public IReadOnlyList<RecordedProbe> RecordedProbes(Component component, int limit)
    {
        lock (gate)
        {
            return HealthMachine.RecordedProbes(component.Served, limit);
        }
    }

    /// <summary>Takes what roll-ups are made of.</summary>
    /// <param name="pages">Takes it, in order.</param>
    public void TakeHistory(List<ArraySegment<HistoryEntry>> pages)
    {
        lock (gate)
        {
            machine.HistoryLog!.TakeAll(pages);
        }
    }

    /// <summary>Gives back what was taken, cleared.</summary>
    public void GiveBackHistory(List<ArraySegment<HistoryEntry>> pages)
    {
        lock (gate)
        {
            machine.HistoryLog!.GiveBack(pages);
        }
    }

    /// <summary>The checks of a component that have been probed, with what they saw, from left to right.</summary>
    public IReadOnlyList<(HealthTask Task, Observation Seen)> ChecksOf(Component component)
    {
        lock (gate)
        {
            return HealthMachine.ChecksOf(component.Served);
        }
    }
}
