namespace Failover;

// Replaces the descriptions of components. A reload never changes a published state.
internal sealed partial class HealthMachine
{
    // A new component is published at once: it served nothing before.
    private bool isInstalling;

    /// <summary>Takes a component, before the start.</summary>
    public ServedComponent Add(ComponentDescription description, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        heartbeats = null;
        List<Node> fresh = [];
        int known = graph.Vertices.Count;
        graph.Add(description);
        for (int i = known; i < graph.Vertices.Count; i++)
        {
            Vertex vertex = graph.Vertices[i];
            vertex.Node = new(vertex);
            fresh.Add(vertex.Node);
        }

        ServedComponent component = ServeAs(description);
        FindHistogramsOf(component);
        BeginAll(fresh);
        Settle();
        return component;
    }

    /// <summary>Works out how other descriptions take the place of those that are served; see <see cref="Replace"/>. May run beside
    /// everything but <see cref="Add"/> and <see cref="Replace"/>.</summary>
    public GraphPlan Prepare(
        IEnumerable<ComponentDescription> descriptions,
        IReadOnlyDictionary<HealthTask, string> names
    ) => GraphPlan.Between(graph, descriptions, names);

    /// <summary>Serves other descriptions.</summary>
    /// <exception cref="InvalidOperationException">The plan is for another graph than the one that is served.</exception>
    public void Replace(GraphPlan plan, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        if (plan.From != graph)
        {
            throw new InvalidOperationException(
                "the plan was made for another configuration than the one that is served"
            );
        }

        isInstalling = true;
        Dictionary<ServedComponent, Latch[]> effective = components
            .Values.Where(component => component.Latches.Length > 0 && component.IsLatched)
            .ToDictionary(component => component, component => Effective(component, component.Latches));
        Dictionary<string, HealthState> placesBefore = PlacesBefore(plan);
        List<Node> changed = [];
        List<Node> fresh = Install(plan, changed);
        foreach (Vertex gone in plan.From.Vertices)
        {
            if (gone.Node.Vertex == gone && !plan.IsKept(gone))
            {
                Retire(gone.Node);
            }
        }

        foreach (Node node in changed)
        {
            CancelEvaluation(node);
            ForgetStored(node);
        }

        ForgetWaiters([.. changed]);

        List<ServedComponent> resumed = ServeAll(plan, effective);
        BeginAll(fresh, placesBefore);
        Rebase(plan, changed);
        MoveLatches(plan.To);
        LatchFailedToggles();
        RecomputeLatched();
        foreach ((ServedComponent component, Latch[] before) in effective)
        {
            HoldBy(component, before);
        }

        foreach (ServedComponent component in resumed)
        {
            // What a process before this one removed is not known: any latch may have made it fail.
            effectiveWhenRemoved.Remove(component.Name, out Latch[]? before);
            if (!component.Latches.IsEmpty)
            {
                HoldBy(component, before ?? component.Latches.Where(latch => latch.IsAuthorised));
            }
        }

        GroupByGuard();
        RenewDueBeats();
        RunLoops(plan, fresh);
        foreach (ServedComponent component in components.Values)
        {
            // Also where an evaluation runs: it may be of another root, with another longest time.
            if (component.HasTickets)
            {
                Ask(component);
            }

            // It may serve another state only where something of it is another.
            if (
                !component.IsUnchanged
                || component.Guard is not null
                || component.Carried is not null
                || !component.Latches.IsEmpty
                || !component.HeldBy.IsEmpty
            )
            {
                MarkChanged(component);
            }
        }

        Settle();
        isInstalling = false;
        TrimBuffers();
    }

    // Gives each vertex its node, children first.
    private List<Node> Install(GraphPlan plan, List<Node> changed)
    {
        List<Node> fresh = [];
        graph = plan.To;
        heartbeats = null;
        for (int i = 0; i < graph.Vertices.Count; i++)
        {
            Vertex vertex = graph.Vertices[i];
            if (plan.IsKept(vertex))
            {
                vertex.Order = i;
                continue;
            }

            if (plan.Before(vertex) is not { } before)
            {
                vertex.Node = new(vertex);
                fresh.Add(vertex.Node);
                continue;
            }

            Node node = before.Node;
            vertex.Node = node;
            node.Vertex = vertex;
            if (!plan.IsUnchanged(vertex) || before.Key != vertex.Key)
            {
                changed.Add(node);
                RecordMove(node, before.Key);
            }
        }

        return fresh;
    }

    private void RecordMove(Node node, string before)
    {
        if (node.Persisted is not null && before != node.Vertex.Key)
        {
            forgottenNodes.Add(before);
        }

        if (node.Latch is { } latch)
        {
            latch.MoveTo(node.Vertex.Key);
        }
    }

    private void ForgetStored(Node node)
    {
        node.Persisted = null;
        dirty.Add(node);
    }

    private void Retire(Node node)
    {
        node.IsRetired = true;
        ProbeLog?.Forget(node);
        certificates.Remove(node);
        CancelEvaluation(node);
        if (node.Persisted is not null)
        {
            forgottenNodes.Add(node.Vertex.Key);
        }

        FreeSlot(node);
        node.Loop = null;
        silenceTimers.Remove(node);
    }

    // What it would come to is of another description. Whoever waits for it is changed, too, and cancelled as well.
    private void CancelEvaluation(Node node)
    {
        if (node.Evaluation is { Probe: not 0 and var probe })
        {
            probes.Remove(probe);
            Do(new MachineAction.Abandon(probe));
        }

        node.Evaluation = null;
        if (node.Loop is { } loop)
        {
            (loop.IsRunning, loop.IsLate) = (false, false);
        }
    }

    // An evaluation that continues no longer answers evaluations of other nodes that waited for it.
    private void ForgetWaiters(HashSet<Node> cancelled)
    {
        foreach (Vertex vertex in graph.Vertices)
        {
            vertex.Node.Evaluation?.Waiters.RemoveAll(waiter => waiter.IsRetired || cancelled.Contains(waiter));
        }
    }

    private void Rebase(GraphPlan plan, List<Node> changed)
    {
        foreach (Node node in changed)
        {
            Vertex before = plan.Before(node.Vertex)!;
            bool isSameBelow =
                node.Vertex.Children.All(plan.IsUnchanged)
                && node.Vertex.Children.Select(child => child.Node)
                    .SequenceEqual(before.Children.Select(child => child.Node));
            if (node.Combinator is not { } combinator)
            {
                continue;
            }

            if (!isSameBelow)
            {
                node.State = combinator.Rebase(node.State, now);
            }

            if (!plan.IsDescribedAlike(node.Vertex))
            {
                node.State = combinator.AfterEdit(node.State, now);
            }
        }
    }

    private void RecomputeLatched()
    {
        foreach (Vertex vertex in graph.Vertices)
        {
            vertex.Node.Latched = LatchedValue(vertex.Node, static child => child.Latched);
        }
    }

    private void RunLoops(GraphPlan plan, List<Node> fresh)
    {
        HashSet<Node> soon = [];
        foreach (ServedComponent component in components.Values)
        {
            if (component.Carried?.Since == now)
            {
                AwaitChecks(component);
                soon.UnionWith(AllBelow(component.Root).Where(node => node.Combinator?.Turns is not null));
            }
        }

        soon.UnionWith(fresh.Where(node => node.Combinator?.Turns is not null));
        foreach (Vertex vertex in graph.Vertices)
        {
            Node node = vertex.Node;
            if (vertex.Combinator?.Turns is not { } turns || !IsStarted)
            {
                continue;
            }

            if (node.Loop is { } loop && loop.Schedule != turns)
            {
                node.Loop = new(turns, loop.Index, process) { IsRunning = loop.IsRunning, HoldsSlot = loop.HoldsSlot };
                soon.Add(node);
            }

            if (soon.Contains(node) || !plan.IsUnchanged(vertex))
            {
                ScheduleTurnSoon(node);
            }
        }
    }

    private static IEnumerable<Node> AllBelow(Node node)
    {
        HashSet<Node> visited = [];
        Stack<Node> rest = new([node]);
        while (rest.TryPop(out Node? next))
        {
            if (visited.Add(next))
            {
                yield return next;
                foreach (Vertex child in next.Vertex.Children)
                {
                    rest.Push(child.Node);
                }
            }
        }
    }
}
