namespace Failover;

// Other jobs report by themselves, or are silent.
internal sealed partial class HealthMachine
{
    // The earliest timer of each node. One for a node, not one for each beat: nearly all beats come before the next is due.
    private readonly Dictionary<Node, Instant> silenceTimers = [];

    // By name; null: to be collected, since the descriptions have changed.
    private Dictionary<string, HealthTask>? heartbeats;

    /// <summary>A job reports.</summary>
    /// <param name="name">The name of the heartbeat; see <see cref="HeartbeatNames"/>.</param>
    /// <param name="beat">What it says.</param>
    /// <param name="at">The time.</param>
    /// <param name="wallClock">The wall clock, for display.</param>
    /// <returns>Whether the heartbeat shows another state than before; null where there is none of that name.</returns>
    public bool? Beat(string name, Observation beat, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        heartbeats ??= HeartbeatNames
            .In(graph.Components.Select(component => component.Description), graph.Names)
            .DistinctBy(heartbeat => heartbeat.Name, StringComparer.Ordinal)
            .ToDictionary(heartbeat => heartbeat.Name, heartbeat => heartbeat.Task, StringComparer.Ordinal);
        if (
            !IsStarted
            || !heartbeats.TryGetValue(name, out HealthTask? task)
            || !graph.TryFind(task, out Vertex? vertex)
            || vertex.Combinator?.AfterBeat(vertex.Node.State, beat, now) is not { } state
        )
        {
            return null;
        }

        Node node = vertex.Node;
        HealthState before = node.Shown.ReadAt(now).State;
        node.State = state;
        JudgeBeats(node);
        Settle();
        return node.Shown.State != before;
    }

    private void JudgeBeats(Node node)
    {
        Step<object> step = node.Combinator!.Judge(node.State, [], now);
        RecordDefinite(node, step.Observation.State, now);
        Take(node, step);
        // A loop above needs no turn for what is in memory.
        ReevaluateAncestors(node, passesLoops: true);
    }

    private void WatchSilence(Node node)
    {
        if (node.Combinator?.BeatsOf(node.State) is not { } beats)
        {
            return;
        }

        Instant late = beats.Due + TimeSpan.FromTicks(1);
        if (!silenceTimers.TryGetValue(node, out Instant earliest) || late < earliest)
        {
            silenceTimers[node] = late;
            timers.Set(late, MachineTimer.Silence, node);
        }
    }

    private void JudgeSilence(Node node, Instant at)
    {
        if (!silenceTimers.TryGetValue(node, out Instant earliest) || earliest != at)
        {
            return;
        }

        silenceTimers.Remove(node);
        if (node.IsRetired || !IsStarted || node.Combinator?.BeatsOf(node.State) is not { } beats)
        {
            return;
        }

        if (now > beats.Due)
        {
            JudgeBeats(node);
        }
        else
        {
            WatchSilence(node);
        }
    }

    // After a pause or an edit, beats are due at another time. The same evidence is believed until then.
    private void RenewDueBeats()
    {
        foreach (Vertex vertex in graph.Vertices)
        {
            Node node = vertex.Node;
            if (node.Combinator?.BeatsOf(node.State) is null)
            {
                continue;
            }

            WatchSilence(node);
            Observation shown = node.Combinator.Judge(node.State, [], now).Observation;
            if (shown.FreshUntil != node.Shown.FreshUntil && shown.State == node.Shown.State)
            {
                Show(node, node.Shown with { FreshUntil = shown.FreshUntil, EvidenceUntil = shown.EvidenceUntil });
                ReevaluateAncestors(node, passesLoops: true);
            }
        }
    }
}
