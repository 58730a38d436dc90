namespace Failover.Simulation;

/// <summary>What must hold of logic, windows and dependencies: watched from outside, by what was seen and by <see cref="SimpleJudgement"/>.</summary>
internal sealed class LogicInvariants(World world)
{
    // Checks of one description are told apart by nobody: what only one of them can have seen is watched.
    private readonly Dictionary<SimulatedCheck, List<(HealthState State, Instant Started, Instant Ended)>> seen = [];

    private Instant reloaded;
    private readonly Dictionary<Node, Observation> shownBefore = [];

    public void Seen(SimulatedCheck check, Observation observation, Instant started)
    {
        if (!seen.TryGetValue(check, out var history))
        {
            seen.Add(check, history = []);
        }

        history.Add((observation.State, started, world.Now));
    }

    /// <summary>What a node shows may be of the description before.</summary>
    public void Reloaded()
    {
        reloaded = world.Now;
        shownBefore.Clear();
        foreach (Node node in Nodes())
        {
            shownBefore[node] = node.Shown;
        }
    }

    /// <summary>What holds after each step.</summary>
    public void After()
    {
        LatchesDecideAsDescribed();
        HashSet<Node> nodes = Nodes();
        foreach (Node node in nodes)
        {
            switch (node.Vertex.Task)
            {
                case Logic or Not when node.IsEvaluatedInBackground && !HasOneshot(node.Vertex.Task):
                    FollowsFromItsChildren(node);
                    break;
                case Within { Task: SimulatedCheck check } within when IsAlone(check, nodes):
                    HasSeenItsFails(node, within, check);
                    break;
                case Depends { On: SimulatedCheck on }:
                    HasSeenWhatItDependsOn(node, on);
                    break;
                case Depends { On: Background { Task: SimulatedCheck on } }:
                    HasSeenWhatItDependsOn(node, on);
                    break;
                default:
                    break;
            }
        }
    }

    private void LatchesDecideAsDescribed()
    {
        HashSet<HealthTask> latched = new(ReferenceEqualityComparer.Instance);
        latched.UnionWith(world.Machine.Latches.Select(latch => latch.Node?.Vertex.Task).OfType<HealthTask>());
        foreach (ServedComponent component in world.Machine.Components)
        {
            HealthState? expected = SimpleJudgement.Latched(component.Root.Vertex.Task, latched.Contains);
            if (component.Root.Latched != expected)
            {
                throw new InvariantViolation(
                    "logic",
                    $"the latches of /{component.Name} come to {expected}, and not to {component.Root.Latched}"
                );
            }
        }
    }

    private void FollowsFromItsChildren(Node node)
    {
        Dictionary<HealthTask, HealthState?> states = new(ReferenceEqualityComparer.Instance);
        foreach (Vertex child in node.Vertex.Children)
        {
            Observation read = child.Node.Shown.ReadAt(world.Now);
            // A fail may be held for longer than its evidence lasts; an ok that follows from it may not.
            bool isTooOld = node.Vertex.Task is Not && read.State == HealthState.Fail && world.Now > read.EvidenceUntil;
            states[child.Task] = read.State == HealthState.Error || isTooOld ? null : read.State;
        }

        HealthState expected = SimpleJudgement.Combine(node.Vertex.Task, child => states[child]) ?? HealthState.Error;
        HealthState shown = node.Shown.ReadAt(world.Now).State;
        bool isJudged = !ReferenceEquals(shownBefore.GetValueOrDefault(node), node.Shown);
        if (shown != expected && isJudged)
        {
            throw new InvariantViolation("logic", $"{node.Vertex.Task} shows {shown}, and comes to {expected}");
        }
    }

    private void HasSeenItsFails(Node node, Within within, SimulatedCheck check)
    {
        if (node.State is not Within.Record { State: HealthState.Fail, Standing: null })
        {
            return;
        }

        (HealthState State, Instant Started, Instant Ended)[] definite =
        [
            .. seen.GetValueOrDefault(check, []).Where(one => one.State != HealthState.Error),
        ];
        if (definite.Length > 0 && definite[^1].Ended <= reloaded)
        {
            // The description before has judged it.
            return;
        }

        int fails = within.Of.Observations is { } count
            ? definite.TakeLast(count).Count(one => one.State == HealthState.Fail)
            : definite.Count(one =>
                one.State == HealthState.Fail && definite[^1].Ended - one.Ended <= within.Of.Duration
            );
        if (fails < within.Fails)
        {
            throw new InvariantViolation("within", $"{within} fails on {fails}");
        }
    }

    private void HasSeenWhatItDependsOn(Node node, SimulatedCheck on)
    {
        if (node.Shown is not { State: HealthState.Fail, IsEvidence: true } || node.Shown.Started < reloaded)
        {
            return;
        }

        if (
            !seen.GetValueOrDefault(on, [])
                .Exists(one => one.State == HealthState.Ok && one.Ended >= node.Shown.Started)
        )
        {
            throw new InvariantViolation("depends", $"{node.Vertex.Task} fails, and {on} was not found ok since");
        }
    }

    private static bool IsAlone(SimulatedCheck check, HashSet<Node> nodes) =>
        nodes.Count(node => check.Equals(node.Vertex.Task)) == 1
        && nodes.Single(node => check.Equals(node.Vertex.Task)).Vertex is { Parents.Length: 1, RootOf.Length: 0 };

    private static bool HasOneshot(HealthTask task) => task is Oneshot || task.Children.Any(HasOneshot);

    private HashSet<Node> Nodes() =>
        [.. world.Machine.Components.SelectMany(component => Sides.SettingAndReleasing(component.Root))];
}
