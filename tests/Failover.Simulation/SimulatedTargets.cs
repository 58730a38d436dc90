namespace Failover.Simulation;

/// <summary>What is probed, and the probes in flight.</summary>
internal sealed class SimulatedTargets
{
    private readonly Dictionary<string, Behaviour> behaviours = new(StringComparer.Ordinal);
    private readonly List<InFlight> inFlight = [];

    public void Set(Target target) => behaviours[target.Name] = target.Behaviour;

    public void Begin(MachineAction.Probe probe, Instant now) =>
        inFlight.Add(new(probe.Id, (SimulatedCheck)probe.Check, now));

    public void Abandon(long probe) => inFlight.RemoveAll(one => one.Id == probe);

    /// <summary>The process died, and its probes with it.</summary>
    public void Clear() => inFlight.Clear();

    /// <summary>When the next deadline of a silent target passes, if that is before a moment.</summary>
    public Instant NextDeadline(Instant now, Instant before) =>
        inFlight
            .Where(probe => behaviours.GetValueOrDefault(probe.Check.Target) == Behaviour.Silent)
            .Aggregate(
                before,
                (earliest, probe) => Instant.Min(earliest, Instant.Max(now, probe.Started + probe.Check.Timeout))
            );

    /// <summary>Takes a probe that has ended.</summary>
    public bool TryTake(Instant now, out InFlight probe, out Observation seen)
    {
        for (int i = 0; i < inFlight.Count; i++)
        {
            probe = inFlight[i];
            bool isOver = now >= probe.Started + probe.Check.Timeout;
            Observation? verdict = behaviours.GetValueOrDefault(probe.Check.Target) switch
            {
                Behaviour.Ok => Observation.Ok("up"),
                Behaviour.Fail => Observation.Fail("refused"),
                Behaviour.Error => Observation.Error("no descriptors"),
                Behaviour.Unresolved => Observation.Fail("no such host"),
                Behaviour.Silent when isOver => Observation.TimedOut("timed out"),
                _ => null,
            };
            if (verdict is not null)
            {
                inFlight.RemoveAt(i);
                seen = verdict;
                return true;
            }
        }

        (probe, seen) = (default, null!);
        return false;
    }
}

/// <summary>A probe in flight.</summary>
internal readonly record struct InFlight(long Id, SimulatedCheck Check, Instant Started);
