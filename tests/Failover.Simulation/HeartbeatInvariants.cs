namespace Failover.Simulation;

/// <summary>A heartbeat is ok only within its period and grace of a beat, of the start or of an edit; then it fails until there is a
/// beat.</summary>
/// <remarks>Below a toggle it waits anew at each move, which is not watched here.</remarks>
internal sealed class HeartbeatInvariants(World world)
{
    private readonly Dictionary<Node, Wait> waits = [];

    /// <summary>A job has reported.</summary>
    public void Beaten(string name, HealthState state)
    {
        foreach ((Node node, HeartbeatCheck heartbeat) in Heartbeats().Where(one => one.Heartbeat.Name == name))
        {
            waits[node] = new(heartbeat, world.Now, world.Now + heartbeat.Every + heartbeat.Grace);
            if (node.Shown.ReadAt(world.Now).State != state)
            {
                throw new InvariantViolation("heartbeat", $"{name} was told {state} and shows {node.Shown.State}");
            }
        }
    }

    public void Paused(Instant from, Instant to)
    {
        foreach ((Node node, Wait wait) in waits.ToArray())
        {
            TimeSpan left = wait.Due - from;
            waits[node] = wait with
            {
                Due = to + (wait.Due <= to && wait.Heartbeat.Grace > left ? wait.Heartbeat.Grace : left),
            };
        }
    }

    public void Started() => waits.Clear();

    public void Reloaded()
    {
        foreach ((Node node, HeartbeatCheck heartbeat) in Heartbeats())
        {
            if (waits.TryGetValue(node, out Wait? wait) && !heartbeat.Equals(wait.Heartbeat))
            {
                Instant due = Instant.Max(wait.Since + heartbeat.Every + heartbeat.Grace, world.Now + heartbeat.Grace);
                waits[node] = wait with { Heartbeat = heartbeat, Due = due };
            }
        }
    }

    /// <summary>What holds at every moment.</summary>
    public void Always()
    {
        foreach ((Node node, HeartbeatCheck heartbeat) in Heartbeats())
        {
            if (IsBelowToggle(node.Vertex))
            {
                waits.Remove(node);
                continue;
            }

            if (!waits.TryGetValue(node, out Wait? wait))
            {
                waits[node] = wait = new(heartbeat, world.Now, world.Now + heartbeat.Every + heartbeat.Grace);
            }

            HealthState shown = node.Shown.ReadAt(world.Now).State;
            if (world.Now > wait.Due && shown != HealthState.Fail)
            {
                throw new InvariantViolation(
                    "heartbeat",
                    $"{heartbeat.Name} shows {shown} {world.Now - wait.Due} after a beat was due"
                );
            }
        }
    }

    private IEnumerable<(Node Node, HeartbeatCheck Heartbeat)> Heartbeats() =>
        world
            .Machine.Components.SelectMany(component => Sides.SettingAndReleasing(component.Root))
            .Distinct()
            .Where(node => node.Vertex.Task is HeartbeatCheck)
            .Select(node => (node, (HeartbeatCheck)node.Vertex.Task));

    private static bool IsBelowToggle(Vertex vertex) => vertex.Task is Toggle || vertex.Parents.Any(IsBelowToggle);

    private sealed record Wait(HeartbeatCheck Heartbeat, Instant Since, Instant Due);
}
