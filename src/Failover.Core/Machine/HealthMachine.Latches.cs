using System.Collections.Immutable;

namespace Failover;

// Latches: how they begin, what holds them, and how they end.
internal sealed partial class HealthMachine
{
    private readonly HashSet<Latch> latches = [];
    private readonly List<Latch> newLatches = [];
    private long lastLatch;

    /// <summary>Every latch, those of components that are not served now included.</summary>
    public IReadOnlyCollection<Latch> Latches => latches;

    // A toggle at fail has been judged: it is held, released by evidence alone, or its release is proposed.
    private void JudgeLatch(Node toggle, Observation?[] seen)
    {
        Latch latch = toggle.Latch!;
        Combinator combinator = toggle.Combinator!;
        Step<object> step = combinator.Judge(toggle.State, seen, now);
        if (combinator.IsLatch(step.State))
        {
            Show(toggle, Stamp(step.Observation));
            if (step.Observation.IsEvidence && latch.Pending is null)
            {
                // It was evaluated, and did not become ok.
                ConsumeFires(FiresFor(toggle));
            }

            return;
        }

        bool isHeldBelow = toggle.Child(combinator.LatchSides!.Value.SetBy).Latched == HealthState.Fail;
        if (!latch.IsAuthorised && !isHeldBelow)
        {
            Forget(latch);
            Take(toggle, step);
            latchWrites.Add(latch.Stored(HealthState.Ok, step.Observation.Reason, wall));
            UpdateLatched(toggle);
            return;
        }

        Show(toggle, Stamp(combinator.Hold(toggle.State, seen, now)));
        if (latch.IsAuthorised && !isHeldBelow && latch.Pending is null && FiresFor(toggle) is { IsEmpty: false } fires)
        {
            Propose(new(NextIdentity(), now + ProposalTimeout) { Ends = [(latch, latch.Id)], Uses = fires });
        }
    }

    private void BeginLatch(Node toggle)
    {
        string[] above = ComponentsAbove(toggle);
        Latch latch = new()
        {
            Id = NextIdentity(),
            Number = ++lastLatch,
            IsAuthorised = IsAuthorised(toggle),
            Reason = toggle.Combinator!.ToPersistedState(toggle.State)!.Reason,
            Since = wall,
            Place = toggle.Vertex.Key,
            IsStoredSeparately = latches.Any(other => other.Node is null && other.Key == toggle.Vertex.Key),
            Components = [.. above],
        };
        ConsumeFires(FiresFor(toggle));
        Attach(latch, toggle);
        latchWrites.Add(latch.Stored(HealthState.Fail, latch.Reason, latch.Since));
        newLatches.Add(latch);
        UpdateLatched(toggle);
        if (overrides.Count + proposals.Count + windows.Count > 0)
        {
            // Whether it changes what they are judged to be or not: an override or a window may yield to it.
            MarkAllChanged(latch);
        }
    }

    private void Attach(Latch latch, Node? toggle)
    {
        latch.Node = toggle;
        if (toggle is not null)
        {
            toggle.Latch = latch;
        }

        latches.Add(latch);
        foreach (string name in latch.Components)
        {
            if (components.TryGetValue(name, out ServedComponent? component) && !component.Latches.Contains(latch))
            {
                component.Latches = component.Latches.Add(latch);
            }
        }
    }

    // The latch has ended: released by evidence alone, or by a fire.
    private void Forget(Latch latch)
    {
        latches.Remove(latch);
        newLatches.Remove(latch);
        if (latch.Node is { } toggle)
        {
            toggle.Latch = null;
        }

        foreach (string name in latch.Components)
        {
            if (components.TryGetValue(name, out ServedComponent? component))
            {
                component.Latches = component.Latches.Remove(latch);
                component.HeldBy = component.HeldBy.Remove(latch);
                MarkChanged(component);
            }
        }
    }

    private void MarkAllChanged(Latch latch)
    {
        foreach (string name in latch.Components)
        {
            if (components.TryGetValue(name, out ServedComponent? component))
            {
                MarkChanged(component);
            }
        }
    }

    // The end of an authorised latch, once it is committed. Called from one place.
    private void EndLatch(Latch latch)
    {
        Node? toggle = latch.Node;
        Forget(latch);
        if (toggle is null)
        {
            return;
        }

        LatchSides sides = toggle.Combinator!.LatchSides!.Value;
        Observation?[] seen = new Observation?[toggle.Vertex.Children.Length];
        seen[sides.ReleasedBy] = Stamp(Observation.Ok("reset"));
        Node setBy = toggle.Child(sides.SetBy);
        seen[sides.SetBy] = setBy.IsEvaluatedInBackground ? setBy.Shown.ReadAt(now) : null;
        Take(toggle, toggle.Combinator.Judge(toggle.State, seen, now));
        UpdateLatched(toggle);
        ReevaluateAncestors(toggle, passesLoops: true);
    }

    private static bool IsAuthorised(Node toggle) => toggle.Combinator!.IsReleasedByFire;

    // Which latches below decide, from a node upwards.
    private void UpdateLatched(Node changed)
    {
        PriorityQueue<Node, int> above = new();
        above.Enqueue(changed, changed.Vertex.Order);
        while (above.TryDequeue(out Node? node, out _))
        {
            HealthState? latched = LatchedValue(node, child => child.Latched);
            if (latched == node.Latched)
            {
                continue;
            }

            node.Latched = latched;
            foreach (string name in node.Vertex.RootOf)
            {
                MarkChanged(components[name]);
            }

            foreach (Vertex parent in node.Vertex.Parents)
            {
                above.Enqueue(parent.Node, parent.Order);
            }
        }
    }

    private static HealthState? LatchedValue(Node node, Func<Node, HealthState?> below)
    {
        if (node.Combinator is not { } combinator)
        {
            return null;
        }

        int count = node.Vertex.Children.Length;
        Span<HealthState?> children = count <= 8 ? stackalloc HealthState?[count] : new HealthState?[count];
        for (int i = 0; i < count; i++)
        {
            children[i] = below(node.Child(i));
        }

        return combinator.LatchedValue(node.State, children);
    }

    // As if these latches had ended.
    private static HealthState? LatchedWithout(Node node, HashSet<Node> ended)
    {
        if (!ended.Contains(node))
        {
            return LatchedValue(node, child => LatchedWithout(child, ended));
        }

        LatchSides sides = node.Combinator!.LatchSides!.Value;
        return LatchedWithout(node.Child(sides.SetBy), ended);
    }

    // The nodes of a component whose latches make it fail: not those on the side that leads a toggle back to ok.
    private static HashSet<Node> NodesThatSetLatches(ServedComponent component)
    {
        HashSet<Node> visited = [];
        Stack<Node> rest = new([component.Root]);
        while (rest.TryPop(out Node? next))
        {
            if (!visited.Add(next))
            {
                continue;
            }

            for (int i = 0; i < next.Vertex.Children.Length; i++)
            {
                if (next.Combinator?.LatchSides?.ReleasedBy != i)
                {
                    rest.Push(next.Child(i));
                }
            }
        }

        return visited;
    }

    // The authorised latches that make a component fail.
    private static Latch[] Effective(ServedComponent component, IEnumerable<Latch> of)
    {
        HashSet<Node> setting = NodesThatSetLatches(component);
        bool isLatched = IsLatchedByAuthorised(component);
        return
        [
            .. of.Where(latch =>
                latch.IsAuthorised
                && (
                    component.HeldBy.Contains(latch)
                    || (isLatched && latch.Node is { } toggle && setting.Contains(toggle))
                )
            ),
        ];
    }

    // Whether it would still be latched if all latches had ended that end by evidence alone.
    private static bool IsLatchedByAuthorised(ServedComponent component) =>
        component.Root.Latched == HealthState.Fail
        && LatchedWithout(
            component.Root,
            [.. component.Latches.Where(latch => !latch.IsAuthorised).Select(latch => latch.Node).OfType<Node>()]
        ) == HealthState.Fail;

    // After an edit: those of them that make it fail no longer by themselves hold it.
    private static void HoldBy(ServedComponent component, IEnumerable<Latch> effectiveBefore)
    {
        HashSet<Node> setting = NodesThatSetLatches(component);
        bool isLatched = IsLatchedByAuthorised(component);
        component.HeldBy =
        [
            .. component
                .HeldBy.Union(effectiveBefore.Where(latch => component.Latches.Contains(latch)))
                .Where(latch => !(isLatched && latch.Node is { } toggle && setting.Contains(toggle))),
        ];
    }

    private static string[] ComponentsAbove(Node node)
    {
        // Most nodes have one way up.
        Vertex at = node.Vertex;
        while (at.RootOf.IsEmpty && at.Parents is [var only])
        {
            at = only;
        }

        if (at.Parents.IsEmpty && at.RootOf is [var name])
        {
            return [name];
        }

        HashSet<Vertex> visited = [];
        SortedSet<string> names = new(StringComparer.Ordinal);
        Collect(node.Vertex);
        return [.. names];

        void Collect(Vertex vertex)
        {
            if (visited.Add(vertex))
            {
                names.UnionWith(vertex.RootOf);
                foreach (Vertex parent in vertex.Parents)
                {
                    Collect(parent);
                }
            }
        }
    }

    // The nodes below that are evaluated with a node.
    private static IEnumerable<Node> Active(Node node)
    {
        HashSet<Node> visited = [];
        Stack<Node> rest = new([node]);
        while (rest.TryPop(out Node? next))
        {
            if (!visited.Add(next))
            {
                continue;
            }

            yield return next;
            for (int i = 0; i < next.Vertex.Children.Length; i++)
            {
                if (next.Evaluates(i))
                {
                    rest.Push(next.Child(i));
                }
            }
        }
    }

    // The fires that wait for a toggle: below the side that releases it, and of its components.
    private ImmutableArray<Node> FiresFor(Node toggle)
    {
        Node side = toggle.Child(toggle.Combinator!.LatchSides!.Value.ReleasedBy);
        string[]? above = null;
        return
        [
            .. Active(side)
                .Where(node =>
                    node.Combinator?.PendingFireIn(node.State, now) is { } fire
                    && (fire.Component.Length == 0 || (above ??= ComponentsAbove(toggle)).Contains(fire.Component))
                ),
        ];
    }

    private void ConsumeFires(IEnumerable<Node> fires)
    {
        foreach (Node oneshot in fires)
        {
            oneshot.State = oneshot.Combinator!.CreateUntypedState(now);
            dirty.Add(oneshot);
        }
    }

    private void ExpireFire(Node oneshot)
    {
        if (
            !oneshot.IsRetired
            && oneshot.Combinator is { } combinator
            && combinator.PendingFireIn(oneshot.State, now) is null
        )
        {
            oneshot.State = combinator.CreateUntypedState(now);
            dirty.Add(oneshot);
        }
    }
}
