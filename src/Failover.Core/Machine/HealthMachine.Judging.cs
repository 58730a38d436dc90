using System.Collections.Immutable;

namespace Failover;

// How nodes are judged by what their children show, and how a result travels up the graph.
internal sealed partial class HealthMachine
{
    private void Judge(Node node, bool[] asked)
    {
        Observation?[] seen = new Observation?[asked.Length];
        for (int i = 0; i < seen.Length; i++)
        {
            seen[i] = asked[i] ? node.Child(i).Shown.ReadAt(now) : null;
        }

        Judge(node, seen);
    }

    private void Judge(Node node, Observation?[] seen)
    {
        Combinator combinator = node.Combinator!;
        if (node.Latch is not null)
        {
            JudgeLatch(node, seen);
            return;
        }

        Step<object> step = combinator.Judge(node.State, seen, now);
        if (MustWait(node, step))
        {
            // Until then it shows what would make it latch.
            Show(node, seen[combinator.LatchSides!.Value.SetBy]!);
            return;
        }

        Take(node, step);
    }

    // The one place where a combinator's state moves by a decision.
    private void Take(Node node, Step<object> step)
    {
        bool wasLatch = node.Combinator!.IsLatch(node.State);
        // A fire is used up by what it releases, and not by being shown.
        if (node.Combinator.PendingFireIn(node.State, now) is null)
        {
            node.State = step.State;
        }

        foreach (HealthTask child in step.ToRestart)
        {
            int index = node.Vertex.Children.IndexOf(
                node.Vertex.Children.First(below => ReferenceEquals(below.Task, child))
            );
            Restart(node, node.Child(index), step.Observation.State);
        }

        Show(node, Stamp(step.Observation));
        if (!wasLatch && node.Combinator.IsLatch(node.State))
        {
            BeginLatch(node);
        }

        dirty.Add(node);
    }

    private void Show(Node node, Observation shown)
    {
        node.Shown = shown;
        WatchSilence(node);
        foreach (ServedComponent component in ServedAs(node.Vertex))
        {
            EndCarryOnceJudged(component);
            MarkChanged(component);
        }
    }

    // Found by their names once for each graph: what is served at a name stays the same object for as long.
    private ImmutableArray<ServedComponent> ServedAs(Vertex root)
    {
        // There are more than before where components are added one by one.
        if (root.Served.Length != root.RootOf.Length)
        {
            root.Served = [.. root.RootOf.Select(name => components[name])];
        }

        return root.Served;
    }

    // Reevaluates the ancestors of changed nodes, children first; a node with several changed children is reevaluated once, after all of them.
    private void ReevaluateAncestors(Node changed, bool passesLoops)
    {
        if (changed.Vertex.Parents.IsEmpty)
        {
            return;
        }

        HashSet<Node> judged = [changed];
        PriorityQueue<Node, int> above = new();
        HashSet<Node> queued = [];
        EnqueueParents(changed);
        while (above.TryDequeue(out Node? node, out _))
        {
            bool isJudgedByItsTurn = node.Loop is not null && !passesLoops;
            if (!isJudgedByItsTurn && TryJudgeFromMemory(node, judged))
            {
                EnqueueParents(node);
            }
        }

        void EnqueueParents(Node node)
        {
            foreach (Vertex parent in node.Vertex.Parents)
            {
                if (queued.Add(parent.Node))
                {
                    above.Enqueue(parent.Node, parent.Order);
                }
            }
        }
    }

    // Judges a node from what its children show, if none of those that it wants would have to be probed first. Nodes that are judged
    // on the way are added to those that were.
    private bool TryJudgeFromMemory(Node node, HashSet<Node> judged)
    {
        if (node.Combinator is null)
        {
            return false;
        }

        for (int i = 0; i < node.Vertex.Children.Length; i++)
        {
            if (node.Evaluates(i) && node.Child(i).HasOnDemandCheck && !judged.Contains(node.Child(i)))
            {
                return false;
            }
        }

        Observation?[] seen = new Observation?[node.Vertex.Children.Length];
        for (int i = 0; i < seen.Length; i++)
        {
            Node child = node.Child(i);
            bool isAsked = !child.IsEvaluatedInBackground && node.Evaluates(i);
            if (isAsked && !judged.Contains(child))
            {
                TryJudgeFromMemory(child, judged);
            }

            seen[i] = child.IsEvaluatedInBackground || isAsked ? child.Shown.ReadAt(now) : null;
        }

        Judge(node, seen);
        judged.Add(node);
        return true;
    }

    // Restarts one side of a toggle. A node that is shared with a parent outside that side keeps its state.
    private void Restart(Node toggle, Node side, HealthState standing, HashSet<Node>? only = null)
    {
        Dictionary<Node, HealthState> restarted = [];
        List<Node> inOrder = [];
        PriorityQueue<Node, int> below = new();
        HashSet<Node> queued = [side];
        below.Enqueue(side, -side.Vertex.Order);
        while (below.TryDequeue(out Node? node, out _))
        {
            bool isShared =
                node.Vertex.RootOf.Length > 0
                || node.Vertex.Parents.Any(parent => parent.Node != toggle && !restarted.ContainsKey(parent.Node));
            if (
                isShared
                || node.Combinator is not { } combinator
                || only?.Contains(node) == false
                // A latch stays, and so does what is below it; at the start, also one that is not attached yet.
                || combinator.IsLatch(node.State)
            )
            {
                continue;
            }

            HealthState at =
                node.Vertex.Parents.Select(parent =>
                        restarted.TryGetValue(parent.Node, out HealthState given) ? given : (HealthState?)null
                    )
                    .FirstOrDefault(given => given is not null)
                ?? standing;
            node.State = combinator.Restart(node.State, at, now);
            dirty.Add(node);
            restarted.Add(node, combinator.ChildStateOnRestart(node.State) ?? combinator.StandingBelow(at));
            inOrder.Add(node);
            foreach (Vertex child in node.Vertex.Children)
            {
                if (queued.Add(child.Node))
                {
                    below.Enqueue(child.Node, -child.Order);
                }
            }
        }

        for (int i = inOrder.Count - 1; i >= 0; i--)
        {
            ShowWithoutEvidence(inOrder[i]);
        }
    }

    // The results of background children are passed on as no evidence: it decides nothing, and says only for how long the first state
    // may be served without any.
    private void ShowWithoutEvidence(Node node)
    {
        if (node.Combinator is not { } combinator)
        {
            Show(node, Observation.NotEvaluated());
            return;
        }

        Observation?[] seen = new Observation?[node.Vertex.Children.Length];
        for (int i = 0; i < seen.Length; i++)
        {
            Node child = node.Child(i);
            bool isKnown = child.IsEvaluatedInBackground && combinator.Turns is null;
            bool isPassed = combinator.PassesFirstStates && child.Vertex.Task.InitialShownState is not null;
            seen[i] = isKnown || isPassed ? child.Shown with { Id = 0 } : null;
        }

        object state = combinator.PendingFireIn(node.State, now) is null
            ? node.State
            : combinator.CreateUntypedState(now);
        Show(node, Stamp(combinator.Judge(state, seen, now).Observation));
    }
}
