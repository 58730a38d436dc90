namespace Failover.Simulation;

/// <summary>What is probed, and the probes in flight.</summary>
internal sealed class SimulatedTargets
{
    private readonly Dictionary<string, Behaviour> behaviours = new(StringComparer.Ordinal);
    private readonly List<InFlight> inFlight = [];

    public void Set(Target target) => behaviours[target.Name] = target.Behaviour;

    /// <summary>Begins a probe, or has it wait until so many others run no longer.</summary>
    /// <returns>Whether it waits.</returns>
    public bool Begin(MachineAction.Probe probe, Instant now)
    {
        SimulatedCheck check = (SimulatedCheck)probe.Check;
        bool waits = behaviours.GetValueOrDefault(check.Target) == Behaviour.Limited;
        inFlight.Add(new(probe.Id, check, now, waits));
        return waits;
    }

    public void Abandon(long probe) => inFlight.RemoveAll(one => one.Id == probe);

    /// <summary>The process died, and its probes with it.</summary>
    public void Clear() => inFlight.Clear();

    /// <summary>When the next deadline of a silent target passes, if that is before a moment.</summary>
    public Instant NextDeadline(Instant now, Instant before) =>
        inFlight
            .Where(probe => behaviours.GetValueOrDefault(probe.Check.Target) is Behaviour.Silent or Behaviour.Limited)
            .Aggregate(
                before,
                (earliest, probe) => Instant.Min(earliest, Instant.Max(now, probe.Started + probe.Check.Timeout))
            );

    /// <summary>Takes a probe that has ended.</summary>
    public bool TryTake(Instant now, out InFlight probe, out Observation seen)
    {
        for (int i = 0; i < inFlight.Count; i++)
        {
            Behaviour behaviour = behaviours.GetValueOrDefault(inFlight[i].Check.Target);
            if (inFlight[i].Waits && behaviour != Behaviour.Limited)
            {
                inFlight[i] = inFlight[i] with { Waits = false, Started = now };
            }

            probe = inFlight[i];
            bool isOver = now >= probe.Started + probe.Check.Timeout;
            Observation? verdict = behaviour switch
            {
                Behaviour.Ok => Observation.Ok("up"),
                Behaviour.Fail => Observation.Fail("refused"),
                Behaviour.Error => Observation.Error("no descriptors"),
                Behaviour.Unresolved => Observation.Fail("no such host"),
                Behaviour.Silent when isOver => Observation.TimedOut("timed out"),
                Behaviour.Limited when isOver => Observation.Error("did not start in time"),
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
internal readonly record struct InFlight(long Id, SimulatedCheck Check, Instant Started, bool Waits);
