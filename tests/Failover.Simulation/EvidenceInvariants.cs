namespace Failover.Simulation;

/// <summary>A check is probed once at a time, and a hysteresis flips on as much evidence as its threshold says.</summary>
internal sealed class EvidenceInvariants(World world, Sides sides)
{
    private readonly Dictionary<SimulatedCheck, List<(HealthState State, Instant Ended)>> seen = [];
    private readonly Dictionary<SimulatedCheck, Instant> ended = [];
    private readonly List<(Instant From, Instant To)> pauses = [];
    private readonly Dictionary<Node, (HealthState State, Instant At)> hysteresis = [];
    private HashSet<object> probing = new(ReferenceEqualityComparer.Instance);

    /// <summary>When the newest probe of a check ended.</summary>
    public Instant NewestEnd(SimulatedCheck check) => ended.GetValueOrDefault(check);

    public void Paused(Instant from, Instant to) => pauses.Add((from, to));

    public void Died()
    {
        probing = new(ReferenceEqualityComparer.Instance);
        hysteresis.Clear();
    }

    public void Probed(MachineAction.Probe probe)
    {
        if (!probing.Add(probe.Check))
        {
            throw new InvariantViolation("exclusion", $"{probe.Check} is probed twice at a time");
        }
    }

    public void Seen(SimulatedCheck check, Observation observation, Instant started)
    {
        probing.Remove(check);
        ended[check] = world.Now;
        bool isExcused = observation.IsTimeout && pauses.Exists(pause => pause.From < world.Now && pause.To > started);
        if (observation.State != HealthState.Error && !isExcused)
        {
            if (!seen.TryGetValue(check, out var history))
            {
                seen.Add(check, history = []);
            }

            history.Add((observation.State, world.Now));
        }
    }

    /// <summary>Before a step.</summary>
    public void RememberHysteresis()
    {
        foreach (ServedComponent component in world.Machine.Components)
        {
            foreach (Node node in sides.SettingSide(component))
            {
                if (node.State is Hysteresis.Judgement judged)
                {
                    hysteresis[node] = (judged.State, world.Now);
                }
            }
        }
    }

    /// <summary>Directly above a check, and not restarted: a flip takes as many observations, or as long, as its threshold says.</summary>
    public void HysteresisFlipsWithEvidence()
    {
        foreach (ServedComponent component in world.Machine.Components)
        {
            foreach (Node node in sides.SettingSide(component))
            {
                if (
                    node.State is Hysteresis.Judgement judged
                    && node.Vertex.Task is Hysteresis { Task: SimulatedCheck check } task
                    && hysteresis.TryGetValue(node, out var before)
                    && before.State != judged.State
                    && before.State != Units.First
                    && judged.Since < before.At
                    // Of a check that others evaluate as well it has not seen all.
                    && node.Child(0).Vertex is { Parents.Length: 1, RootOf.Length: 0 }
                )
                {
                    CheckFlip(task, check, judged.State);
                }
            }
        }

        RememberHysteresis();
    }

    private void CheckFlip(Hysteresis task, SimulatedCheck check, HealthState to)
    {
        // What two checks of one description saw cannot be told apart here.
        IEnumerable<Node> all = world
            .Machine.Components.SelectMany(component => Sides.SettingAndReleasing(component.Root))
            .Distinct();
        if (all.Count(node => check.Equals(node.Vertex.Task)) != 1)
        {
            return;
        }

        Threshold threshold = to == HealthState.Fail ? task.FailAfter : task.OkAfter;
        (HealthState State, Instant Ended)[] run =
        [
            .. seen.GetValueOrDefault(check, []).AsEnumerable().Reverse().TakeWhile(one => one.State == to),
        ];
        bool isEnough = threshold switch
        {
            CountThreshold count => run.Length >= count.Observations,
            DurationThreshold duration => run.Length >= 2
                && run[0].Ended - run[^1].Ended >= duration.Duration
                && !pauses.Exists(pause =>
                    pause.From > run[^1].Ended
                    && pause.To <= run[0].Ended
                    && run[0].Ended - pause.To < duration.Duration
                ),
            _ => true,
        };
        if (!isEnough)
        {
            throw new InvariantViolation("evidence", $"{task} flipped to {to} on {run.Length} observations");
        }
    }
}
