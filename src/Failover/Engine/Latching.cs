namespace Failover;

/// <summary>Has latches stand where they stood: in another process, and under another description.</summary>
/// <remarks>A component that was latched is latched again at the same place in its tree. Where no toggle stands there any longer,
/// its outermost toggles take the latch over; where it has none at all, it is a fail until one is back: a latch is left by an
/// authorised POST and by nothing else.</remarks>
internal static class Latching
{
    /// <summary>Sets the places of all latches of a graph, and latches what has to be. Under the lock, after the nodes have
    /// begun.</summary>
    /// <param name="components">All that are served.</param>
    /// <param name="latches">What is latched.</param>
    /// <param name="loss">Why that is not known; null where it is. Then whatever may have been latched is.</param>
    /// <param name="decision">The decision that this is a part of.</param>
    public static void Apply(
        IReadOnlyList<Component> components,
        IReadOnlyCollection<StoredLatch> latches,
        string? loss,
        Decision decision
    )
    {
        ILookup<string, StoredLatch> byComponent = latches.ToLookup(latch => latch.Component, StringComparer.Ordinal);
        Dictionary<Component, List<Toggle>> toggles = [];
        foreach (Component component in components)
        {
            toggles[component] = [.. TogglesOf(component.Root, path: "", isOutermost: true)];
            toggles[component].ForEach(toggle => toggle.Node.Places.Clear());
        }

        // All places first: a toggle that several components share is latched at all of them at once.
        foreach ((Component component, List<Toggle> own) in toggles)
        {
            own.ForEach(toggle => toggle.Node.Places.Add(new(component.Name, toggle.Path)));
        }

        foreach ((Component component, List<Toggle> own) in toggles)
        {
            Latch(component, own, [.. byComponent[component.Name]], loss, decision);
        }

        decision.Latched.AddRange(
            from toggle in toggles.Values.SelectMany(own => own)
            where toggle.Node.Keep()?.State == HealthState.Fail
            select toggle.Node
        );
    }

    private static void Latch(
        Component component,
        List<Toggle> toggles,
        List<StoredLatch> remembered,
        string? loss,
        Decision decision
    )
    {
        foreach (Toggle toggle in toggles)
        {
            if (remembered.Find(latch => latch.Path == toggle.Path) is { } latch)
            {
                Stand(toggle.Node, latch.Reason, decision);
            }
            else if (toggle.Node.GoesOn && toggle.Node.Keep() is { State: HealthState.Fail } kept)
            {
                // It was latched for another component, and is for this one now.
                Stand(toggle.Node, kept.Reason, decision);
            }
        }

        StoredLatch? homeless = remembered.Find(latch => !toggles.Exists(toggle => toggle.Path == latch.Path));
        // At once what it is to be: whoever reads a component that goes on takes no lock.
        component.HeldBy =
            homeless is null || toggles.Count > 0
                ? null
                : $"latched, and no toggle is left to reset: {homeless.Reason}";
        string? reason = homeless?.Reason ?? (loss is null ? null : $"state unknown: {loss}");
        if (reason is null)
        {
            return;
        }

        foreach (Toggle toggle in toggles.Where(toggle => toggle.IsOutermost))
        {
            Stand(toggle.Node, reason, decision);
        }

        if (toggles.Count > 0)
        {
            decision.Cleared.AddRange(
                remembered
                    .Where(latch => !toggles.Exists(toggle => toggle.Path == latch.Path))
                    .Select(latch => new LatchPlace(latch.Component, latch.Path))
            );
        }
        else if (homeless is not null)
        {
            decision.Show(component, component.Root.Newest);
        }
    }

    private static void Stand(NodeRunner node, string reason, Decision decision)
    {
        node.Latch(reason, decision);
        HealthEngine.JudgeAbove(node, judged: [node], passesLoops: true, decision);
    }

    private static IEnumerable<Toggle> TogglesOf(NodeRunner node, string path, bool isOutermost)
    {
        if (node.Latches)
        {
            yield return new(node, path, isOutermost);
            isOutermost = false;
        }

        for (int i = 0; i < node.Children.Length; i++)
        {
            string name = node.Description.ChildName(i);
            string below = path.Length == 0 ? name : $"{path}.{name}";
            foreach (Toggle toggle in TogglesOf(node.Children[i], below, isOutermost))
            {
                yield return toggle;
            }
        }
    }

    private readonly record struct Toggle(NodeRunner Node, string Path, bool IsOutermost);
}
