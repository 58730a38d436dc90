namespace Failover.Simulation;

/// <summary>What is served follows the targets: an ok is fresh, and a fail ends in time after the faults have stopped.</summary>
internal sealed class FreshnessInvariants(World world, Sides sides, EvidenceInvariants evidence)
{
    private readonly Dictionary<string, Instant> begun = new(StringComparer.Ordinal);
    private Instant? faultsStopped;

    /// <summary>What holds at every moment.</summary>
    public void Always()
    {
        OkIsFresh();
        ComesBackInTime();
    }

    public void Started() => begun.Clear();

    /// <summary>A component may serve what was judged before for as long as it would have.</summary>
    public void Reloaded(ServedComponent component) => begun[component.Name] = world.Now;

    public void FaultsStopped() => faultsStopped = world.Now;

    // A loop directly above a check: the ok that it shows is at most as old as its stale bound.
    private void OkIsFresh()
    {
        foreach (ServedComponent component in world.Machine.Components)
        {
            begun.TryAdd(component.Name, world.Now);
            if (world.Beneath(component).State != HealthState.Ok)
            {
                continue;
            }

            (Node Loop, SimulatedCheck Check)[] loops =
            [
                .. sides
                    .SettingSide(component)
                    .Where(node => node.Vertex.Task is Background && node.Child(0).Vertex.Task is SimulatedCheck)
                    .Select(node => (node, (SimulatedCheck)node.Child(0).Vertex.Task)),
            ];
            bool isOnlyLoop =
                loops.Length == 1
                && sides.SettingSide(component).Count(node => node.Vertex.Task.IsObserver) == 1
                && component.Root.IsEvaluatedInBackground;
            if (!isOnlyLoop)
            {
                continue;
            }

            Background loop = (Background)loops[0].Loop.Vertex.Task;
            // A fail may be older, and so what is judged of it: below a not, or held by a hysteresis.
            TimeSpan bound =
                loop.StaleAfter
                + (loop.DownInterval > loop.Interval ? 3 * (loop.DownInterval.Value - loop.Interval) : TimeSpan.Zero);
            Instant newest = evidence.NewestEnd(loops[0].Check);
            Instant since = Instant.Max(newest, begun[component.Name]);
            TimeSpan held = component.Description.OnError?.HoldsFor ?? TimeSpan.Zero;
            held += component.Description.Guard?.MaxDelay ?? TimeSpan.Zero;
            if (world.Now - since > bound + held + LongestBoundBefore(component))
            {
                throw new InvariantViolation(
                    "freshness",
                    $"/{component.Name} is served ok {world.Now - since} after the newest evaluation"
                );
            }
        }
    }

    // Without a toggle nothing needs a POST: what the loops see shows within twice their interval and the timeout, and where a
    // hysteresis asks for more, as much later as its threshold takes.
    private void ComesBackInTime()
    {
        if (faultsStopped is not { } stopped)
        {
            return;
        }

        foreach (ServedComponent component in world.Machine.Components)
        {
            Node[] nodes = sides.SettingSide(component);
            bool isFree =
                component.Root.IsEvaluatedInBackground
                && component.HeldBy.Length == 0
                && nodes.All(node => node.Combinator is null or Hysteresis or Background or Logic or Deadline);
            if (
                isFree
                && world.Now - stopped > TimeToComeBack(nodes)
                && world.Beneath(component) is { State: not HealthState.Ok } served
            )
            {
                throw new InvariantViolation(
                    "convergence",
                    $"/{component.Name} is served {served.State} ({served.Reason}) {world.Now - stopped} after all targets came up"
                );
            }
        }
    }

    private static TimeSpan TimeToComeBack(Node[] nodes)
    {
        TimeSpan interval = nodes.Select(node => node.Vertex.Task).OfType<Background>().Max(LongestInterval);
        TimeSpan timeout = nodes.Select(node => node.Vertex.Task).OfType<SimulatedCheck>().Max(check => check.Timeout);
        return (2 * interval)
            + timeout
            + nodes
                .Select(node => node.Vertex.Task)
                .OfType<Hysteresis>()
                .Aggregate(
                    TimeSpan.Zero,
                    (sum, one) =>
                        sum
                        + one.OkAfter switch
                        {
                            CountThreshold count => (count.Observations - 1) * interval,
                            DurationThreshold duration => duration.Duration + (2 * interval),
                            _ => TimeSpan.MaxValue - sum,
                        }
                );
    }

    private static TimeSpan LongestInterval(Background loop) =>
        (loop.DownInterval > loop.Interval ? loop.DownInterval.Value : loop.Interval) + (loop.Jitter ?? TimeSpan.Zero);

    // A carried-over ok keeps the bound of before, and so does one that was held.
    private static TimeSpan LongestBoundBefore(ServedComponent component) =>
        component.Carried is null ? TimeSpan.Zero : TimeSpan.FromSeconds(27);
}
