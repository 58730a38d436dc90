namespace Failover.Simulation;

/// <summary>A heartbeat shows what its newest beat said for as long as the next is in time, and no longer; then it fails until there is a
/// beat. Before the first beat, it is ok for no longer than that.</summary>
/// <remarks>Below a toggle it waits anew at each move, which is not watched here.</remarks>
internal sealed class HeartbeatInvariants(World world)
{
    private readonly Dictionary<Node, Wait> waits = [];

    /// <summary>A job has reported.</summary>
    public void Beaten(string name, HealthState state)
    {
        foreach ((Node node, HeartbeatCheck heartbeat) in Heartbeats().Where(one => one.Heartbeat.Name == name))
        {
            waits[node] = Begin(heartbeat) with { Said = state };
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
                CountedFrom = wait.CountedFrom + (to - from),
                Due = to + (wait.Due <= to && wait.Heartbeat.Grace > left ? wait.Heartbeat.Grace : left),
            };
        }
    }

    public void Started()
    {
        waits.Clear();
        heartbeats = null;
    }

    public void Reloaded()
    {
        heartbeats = null;
        foreach ((Node node, HeartbeatCheck heartbeat) in Heartbeats())
        {
            if (waits.TryGetValue(node, out Wait? wait) && !heartbeat.Equals(wait.Heartbeat))
            {
                Instant due = wait.CountedFrom + heartbeat.Every + heartbeat.Grace;
                waits[node] = wait with { Heartbeat = heartbeat, Due = Instant.Max(due, world.Now + heartbeat.Grace) };
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

            Wait wait = waits.GetValueOrDefault(node) ?? Begin(heartbeat);
            wait = wait with { IsSilent = wait.IsSilent || world.Now > wait.Due };
            waits[node] = wait;
            HealthState shown = node.Shown.ReadAt(world.Now).State;
            if (wait.IsSilent && shown != HealthState.Fail)
            {
                throw new InvariantViolation(
                    "heartbeat",
                    $"{heartbeat.Name} shows {shown}, and no beat came until {wait.Due}"
                );
            }

            if (!wait.IsSilent && wait.Said is { } said && shown != said)
            {
                throw new InvariantViolation(
                    "heartbeat",
                    $"{heartbeat.Name} shows {shown} {wait.Due - world.Now} before a beat is due, and was told {said}"
                );
            }
        }
    }

    private Wait Begin(HeartbeatCheck heartbeat) =>
        new(heartbeat, world.Now, world.Now + heartbeat.Every + heartbeat.Grace);

    // Looked for once in each configuration: most have none.
    private (Node Node, HeartbeatCheck Heartbeat)[] Heartbeats() =>
        heartbeats ??= [
            .. world
                .Machine.Components.SelectMany(component => Sides.SettingAndReleasing(component.Root))
                .Distinct()
                .Where(node => node.Vertex.Task is HeartbeatCheck)
                .Select(node => (node, (HeartbeatCheck)node.Vertex.Task)),
        ];

    private (Node Node, HeartbeatCheck Heartbeat)[]? heartbeats;

    private static bool IsBelowToggle(Vertex vertex) => vertex.Task is Toggle || vertex.Parents.Any(IsBelowToggle);

    // Without a beat in this process, silence may begin before Due: what the process before this one knew is not known here.
    private sealed record Wait(HeartbeatCheck Heartbeat, Instant CountedFrom, Instant Due)
    {
        public HealthState? Said { get; init; }

        public bool IsSilent { get; init; }
    }
}
