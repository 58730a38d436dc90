namespace Failover;

/// <summary>The tasks under <c>tasks:</c>. Each is made once, when it is first asked for.</summary>
/// <param name="isComplete">Whether all files could be read: a name may be in one that could not.</param>
/// <param name="errors">Takes what is wrong.</param>
internal sealed class NamedTasks(bool isComplete, ConfigurationErrors errors)
{
    private const string Accepted = "the name of a task under tasks";

    private readonly Dictionary<string, YamlEntry> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BoundTask> bound = new(StringComparer.Ordinal);
    private readonly List<string> inProgress = [];

    /// <summary>The names by the tasks themselves: two that are equal are still two nodes.</summary>
    public Dictionary<HealthTask, string> Names { get; } = new(ReferenceEqualityComparer.Instance);

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
            if (!entries.TryAdd(entry.Name, entry))
            {
                Position first = entries[entry.Name].Key.Position;
                errors.Add(entry.Key.Position, $"task {Printable.Quoted(entry.Name)} appears twice, first at {first}");
            }
        }
    }

    /// <summary>Makes them all, so that all that is wrong in them is reported.</summary>
    public void BindAll(TaskBinder tasks)
    {
        foreach (string name in entries.Keys)
        {
            Bind(name, entries[name].Key.Position, tasks);
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

    private BoundTask Bind(string name, Position at, TaskBinder tasks)
    {
        if (bound.TryGetValue(name, out BoundTask known))
        {
            return known;
        }

        if (!entries.TryGetValue(name, out YamlEntry? entry))
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
            errors.Add(at, $"task {Printable.Quoted(name)} is made of itself: {way}");
            return default;
        }

        if (inProgress.Count >= TaskBinder.DeepestNesting)
        {
            errors.Add(
                at,
                $"task {Printable.Quoted(name)} is nested too deeply",
                $"up to {TaskBinder.DeepestNesting} levels"
            );
            return default;
        }

        inProgress.Add(name);
        BoundTask task = tasks.Bind(entry.Value, $"task {Printable.Quoted(name)}", name);
        inProgress.RemoveAt(inProgress.Count - 1);
        if (task.Task is not null)
        {
            Names.TryAdd(task.Task, name);
        }

        return bound[name] = task;
    }
}
