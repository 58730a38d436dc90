namespace Failover;

// Which components are served, and what becomes of those that are served no longer.
internal sealed partial class HealthMachine
{
    // By component: the latches that made it fail when it was removed, for when it is added again.
    private readonly Dictionary<string, Latch[]> effectiveWhenRemoved = new(StringComparer.Ordinal);

    private ServedComponent ServeAs(ComponentDescription description)
    {
        bool isNew = !components.TryGetValue(description.Name, out ServedComponent? component);
        if (component is null)
        {
            component = new(description.Name);
            components.Add(description.Name, component);
        }

        component.Description = description;
        component.Root = graph.RootOf(description.Name)!.Node;
        if (isNew)
        {
            EnterWindows(component);
        }

        return component;
    }

    // Gives each component its root. A component that is described otherwise carries over what it served.
    private List<ServedComponent> ServeAll(GraphPlan plan, Dictionary<ServedComponent, Latch[]> effective)
    {
        List<ServedComponent> resumed = [];
        HashSet<string> served = new(StringComparer.Ordinal);
        foreach ((ComponentDescription description, Vertex root) in graph.Components)
        {
            served.Add(description.Name);
            bool isKnown = components.TryGetValue(description.Name, out ServedComponent? before);
            bool isSame = isKnown && plan.IsUnchanged(root) && root.Node == before!.Root;
            bool hasSameRules = isSame && HasSameRules(before!.Description, description);
            ServedComponent component = ServeAs(description);
            component.IsUnchanged = hasSameRules;
            if (isKnown && !isSame)
            {
                component.IsOverdue = false;
                component.DescribedSince = now;
                CarryOver(component, DefiniteOf(component));
            }
            else if (!isKnown)
            {
                if (latches.Count > 0)
                {
                    component.Latches =
                    [
                        .. component.Latches,
                        .. latches.Where(latch => latch.Components.Contains(description.Name, StringComparer.Ordinal)),
                    ];
                }

                resumed.Add(component);
            }
        }

        foreach (ServedComponent component in components.Values.Where(one => !served.Contains(one.Name)).ToArray())
        {
            effectiveWhenRemoved[component.Name] = effective.GetValueOrDefault(component, []);
            EndServing(component);
        }

        FindHistograms();
        ForgetRemovedWithoutLatch();
        return resumed;
    }

    // Of what changes a state by itself: a POST action does not without a latch.
    private static bool HasSameRules(ComponentDescription before, ComponentDescription description) =>
        before.OnError == description.OnError && before.Guard == description.Guard;

    private void ForgetRemovedWithoutLatch()
    {
        HashSet<string> latched = new(latches.SelectMany(latch => latch.Components), StringComparer.Ordinal);
        foreach (string name in effectiveWhenRemoved.Keys.Where(name => !latched.Contains(name)).ToArray())
        {
            effectiveWhenRemoved.Remove(name);
        }
    }

    private void EndServing(ServedComponent component)
    {
        component.IsRetired = true;
        TellOfRemoved(component);
        AnswerAll(component);
        EndCarry(component);
        component.Hold = null;
        components.Remove(component.Name);
        if (component.Persisted is not null)
        {
            forgottenComponents.Add(component.Name);
            componentWrites.Remove(component.Name);
        }
    }
}
