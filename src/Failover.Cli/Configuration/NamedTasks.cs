namespace Failover;

/// <summary>What <c>ref</c> can name: the tasks under <c>tasks:</c>, and components. Each is made once, when it is first asked for.</summary>
/// <param name="isComplete">Whether all files could be read: a name may be in one that could not.</param>
/// <param name="errors">Takes what is wrong.</param>
internal sealed class NamedTasks(bool isComplete, ConfigurationErrors errors)
{
    private const string Accepted = "the name of a task under tasks, or of a component";
    private const string Task = "task";
    private const string Component = "component";

    private readonly Dictionary<string, Named> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BoundTask> bound = new(StringComparer.Ordinal);
    private readonly List<string> inProgress = [];
    private readonly HashSet<HealthTask> places = new(ReferenceEqualityComparer.Instance);

    /// <summary>The names of those under <c>tasks:</c> by the tasks themselves: two that are equal are still two nodes.</summary>
    public Dictionary<HealthTask, string> Names { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a task has a place of its own, wherever it is used: under <c>tasks:</c>, or as that of a component.</summary>
    public bool HasPlace(HealthTask task) => places.Contains(task);

    /// <summary>Takes a <c>tasks:</c> mapping of one file.</summary>
    public void Add(YamlNode node)
    {
        if (node is not YamlMap map)
        {
            errors.Add(node.Position, $"{FileKeys.Tasks} is {node.Shape}", FileKeys.Top.Of(FileKeys.Tasks).Accepted);
            return;
        }

        foreach (YamlEntry entry in map.Entries)
        {
            TaskPlace place = TaskPlace.OfNamed(entry.Name);
            Named named = new(Task, entry.Key.Position, tasks => tasks.Bind(entry.Value, place, entry.Name));
            if (!entries.TryAdd(entry.Name, named))
            {
                errors.Add(entry.Key.Position, $"{place} appears twice, first at {entries[entry.Name].At}");
            }
        }
    }

    /// <summary>So many components are to be taken: tables that grow are copied.</summary>
    public void ExpectComponents(int count)
    {
        entries.EnsureCapacity(entries.Count + count);
        bound.EnsureCapacity(entries.Count + count);
        places.EnsureCapacity(entries.Count + count);
    }

    /// <summary>Takes a component, after all tasks.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="at">Where it is.</param>
    /// <param name="bind">Makes its task.</param>
    public void AddComponent(string name, Position at, Func<TaskBinder, BoundTask> bind)
    {
        if (!entries.TryAdd(name, new(Component, at, bind)) && entries[name].Kind == Task)
        {
            errors.Add(
                at,
                $"{Component} {Printable.Quoted(name)} has the name of a task, at {entries[name].At}",
                $"a name of its own: {FileKeys.Ref} names tasks and components alike"
            );
        }
    }

    /// <summary>Makes all tasks, so that all that is wrong in them is reported.</summary>
    public void BindAll(TaskBinder tasks)
    {
        foreach ((string name, Named named) in entries.Where(entry => entry.Value.Kind == Task))
        {
            Bind(name, named.At, tasks);
        }
    }

    /// <summary>The task that a <c>ref</c> names.</summary>
    public BoundTask Bind(YamlNode node, TaskBinder tasks)
    {
        if (node is not YamlText { IsEmpty: false, Text: var name })
        {
            errors.Add(node.Position, $"{FileKeys.Ref} is {node.Shape}", Accepted);
            return default;
        }

        return Bind(name, node.Position, tasks);
    }

    /// <summary>The task of that name, of whichever kind it is.</summary>
    public BoundTask Bind(string name, Position at, TaskBinder tasks)
    {
        if (bound.TryGetValue(name, out BoundTask known))
        {
            return known;
        }

        if (!entries.TryGetValue(name, out Named? named))
        {
            if (isComplete)
            {
                errors.Add(at, $"unknown task {Printable.Quoted(name)}", Accepted, errors.Guess(name, entries.Keys));
            }

            return default;
        }

        if (inProgress.IndexOf(name) is >= 0 and var circle)
        {
            string way = string.Join(
                " -> ",
                inProgress.Skip(circle).Append(name).Select(line => Printable.Escape(line))
            );
            errors.Add(at, $"{named.Kind} {Printable.Quoted(name)} is made of itself: {way}");
            return default;
        }

        if (inProgress.Count >= TaskBinder.DeepestNesting)
        {
            errors.Add(
                at,
                $"{named.Kind} {Printable.Quoted(name)} is nested too deeply",
                $"up to {TaskBinder.DeepestNesting} levels"
            );
            return default;
        }

        inProgress.Add(name);
        BoundTask task = named.Bind(tasks);
        inProgress.RemoveAt(inProgress.Count - 1);
        if (task.Task is not null)
        {
            places.Add(task.Task);
            if (named.Kind == Task)
            {
                Names.TryAdd(task.Task, name);
            }
        }

        return bound[name] = task;
    }

    private sealed record Named(string Kind, Position At, Func<TaskBinder, BoundTask> Bind);
}
