namespace Failover;

/// <summary>The names by which other jobs reach heartbeats, as in <c>/-/heartbeat/NAME</c>.</summary>
internal static class HeartbeatNames
{
    /// <summary>Every heartbeat with its name: its own, or else that of the named task or component that it is part of. One that several
    /// share belongs to the first.</summary>
    /// <param name="components">What is served.</param>
    /// <param name="names">The names of tasks that have one of their own.</param>
    public static IEnumerable<(string Name, HealthTask Task)> In(
        IEnumerable<ComponentDescription> components,
        IReadOnlyDictionary<HealthTask, string> names
    )
    {
        ComponentDescription[] all = [.. components];
        // Most files have none.
        ComponentDescription[] having = [.. all.Where(component => AreIn(component.Task))];
        if (having.Length == 0)
        {
            return [];
        }

        HashSet<HealthTask> visited = new(ReferenceEqualityComparer.Instance);
        // The task of a component belongs to it, wherever else it is used.
        Dictionary<HealthTask, string> owners = new(names, ReferenceEqualityComparer.Instance);
        foreach (ComponentDescription component in all.Where(component => !component.IsAlias))
        {
            owners.TryAdd(component.Task, component.Name);
        }

        return having.SelectMany(component => In(component.Task, component.Name));

        IEnumerable<(string, HealthTask)> In(HealthTask task, string owner)
        {
            if (!visited.Add(task))
            {
                yield break;
            }

            owner = owners.GetValueOrDefault(task, owner);
            if (task.HeartbeatAccess is { } access)
            {
                yield return (access.Name ?? owner, task);
            }

            foreach (HealthTask child in task.Children)
            {
                foreach ((string, HealthTask) below in In(child, owner))
                {
                    yield return below;
                }
            }
        }
    }

    /// <summary>Whether other jobs report to something in a task.</summary>
    public static bool AreIn(HealthTask task)
    {
        if (task.HeartbeatAccess is not null)
        {
            return true;
        }

        foreach (HealthTask child in task.Children)
        {
            if (AreIn(child))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Those whose name another one has, each with the first of that name.</summary>
    /// <param name="components">What is served.</param>
    /// <param name="names">The names of tasks that have one of their own.</param>
    public static IEnumerable<(string Name, HealthTask First, HealthTask Second)> Clashes(
        IEnumerable<ComponentDescription> components,
        IReadOnlyDictionary<HealthTask, string> names
    )
    {
        Dictionary<string, HealthTask> known = new(StringComparer.Ordinal);
        foreach ((string name, HealthTask task) in In(components, names))
        {
            if (!known.TryAdd(name, task))
            {
                yield return (name, known[name], task);
            }
        }
    }
}
