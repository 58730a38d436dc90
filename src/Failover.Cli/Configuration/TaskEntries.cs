using System.Collections.Immutable;

namespace Failover;

/// <summary>A task as a mapping says it: the task, and the keys beside it that put layers around it.</summary>
/// <param name="Task">A kind with its options, or <c>ref</c>.</param>
/// <param name="Beside">What stands beside it.</param>
internal sealed record TaskEntries(YamlEntry Task, ImmutableArray<YamlEntry> Beside)
{
    private static readonly ImmutableArray<string> BesideInComponent =
    [
        .. FileKeys.OfComponent.Select(key => key.Name).Concat(TaskLayer.Names).Order(StringComparer.Ordinal),
    ];

    /// <summary>What a component may hold.</summary>
    public static string AcceptedInComponent { get; } =
        $"one of {TaskBinder.Accepted}, and beside it {string.Join(", ", BesideInComponent)}";

    /// <summary>The entries of a mapping that should be a task; null, and reported, where there is none, another one, or what must not
    /// stand there.</summary>
    /// <param name="entries">What is in the mapping.</param>
    /// <param name="at">Where it is.</param>
    /// <param name="place">What it is, as <c>to_fail of "mail"</c>.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="isComponent">Whether it is a component, whose own keys are not among the entries.</param>
    public static TaskEntries? Choose(
        ImmutableArray<YamlEntry> entries,
        Position at,
        TaskPlace place,
        ConfigurationErrors errors,
        bool isComponent = false
    )
    {
        if (entries is [var alone] && TaskBinder.IsTaskKey(alone.Name))
        {
            return new(alone, []);
        }

        ImmutableArray<YamlEntry> tasks = entries.RemoveAll(static entry => !TaskBinder.IsTaskKey(entry.Name));
        if (tasks.Length > 1)
        {
            // Alone it is a task, beside another one a layer around that.
            tasks = tasks.RemoveAll(static entry => TaskLayer.IsKey(entry.Name));
        }

        YamlEntry? task = tasks.FirstOrDefault();
        bool isGood = true;
        foreach (YamlEntry entry in entries)
        {
            if (!IsKnown(entry))
            {
                ReportUnknown(entry, task, place, errors, isComponent);
                isGood = false;
            }
        }

        for (int i = 1; i < tasks.Length; i++)
        {
            errors.Add(
                tasks[i].Key.Position,
                $"a second task, {tasks[i].Name}, in {place}, beside {task!.Name}",
                $"one of {TaskBinder.Accepted}"
            );
            isGood = false;
        }

        if (task is null && isGood)
        {
            errors.Add(at, $"{place} has no task", $"one of {TaskBinder.Accepted}");
        }

        TaskEntries? chosen = task is null
            ? null
            : new(task, entries.RemoveAll(entry => entry == task || !TaskLayer.IsKey(entry.Name)));
        return chosen?.Report(place, errors) == true && isGood ? chosen : null;
    }

    private static bool IsKnown(YamlEntry entry) => TaskBinder.IsTaskKey(entry.Name) || TaskLayer.IsKey(entry.Name);

    private static void ReportUnknown(
        YamlEntry entry,
        YamlEntry? task,
        TaskPlace place,
        ConfigurationErrors errors,
        bool isComponent
    )
    {
        if (task is not null && KindKeys.All.GetValueOrDefault(task.Name)?.Find(entry.Name) is not null)
        {
            errors.Add(
                entry.Key.Position,
                $"{entry.Name} beside {task.Name} in {place}",
                $"{entry.Name} in the mapping of {task.Name}"
            );
        }
        else if (task is not null && TaskLayer.With(entry.Name) is { } layer)
        {
            errors.Add(
                entry.Key.Position,
                $"{entry.Name} beside {task.Name} in {place}",
                $"{entry.Name} in the mapping of {layer.Keys.Kind.Name}, and {task.Name} as its task"
            );
        }
        else if (isComponent)
        {
            errors.Add(
                entry.Key.Position,
                $"unknown key {Printable.Quoted(entry.Name)} in {place}",
                AcceptedInComponent,
                errors.Guess(entry.Name, TaskBinder.Keys.Concat(BesideInComponent))
            );
        }
        else if (task is null)
        {
            errors.Add(
                entry.Key.Position,
                $"unknown task {Printable.Quoted(entry.Name)} in {place}",
                TaskBinder.Accepted,
                errors.Guess(entry.Name, TaskBinder.Keys)
            );
        }
        else if (FileKeys.OfComponent.Any(key => key.Name == entry.Name))
        {
            string instead = entry.Name == FileKeys.Latch ? $"; here, {Toggle.Kind.Name} with {Oneshot.Kind.Name}" : "";
            errors.Add(
                entry.Key.Position,
                $"{entry.Name} in {place}, which is no component",
                $"{entry.Name} at a component{instead}"
            );
        }
        else
        {
            errors.Add(
                entry.Key.Position,
                $"unknown key {Printable.Quoted(entry.Name)} beside {task.Name} in {place}",
                string.Join(", ", TaskLayer.Names),
                errors.Guess(entry.Name, TaskLayer.Names)
            );
        }
    }

    /// <summary>The timeout of the check, where it stands beside it.</summary>
    public YamlEntry? Timeout => Find(TaskLayer.Timeout);

    /// <summary>Whether the mapping holds the task alone.</summary>
    public bool IsBare => Beside.IsEmpty;

    /// <summary>The layers around the task, the innermost first, with what is said of their options.</summary>
    public IEnumerable<(TaskLayer Layer, ImmutableArray<(LayerKey Key, YamlEntry Entry)> Said)> Layers() =>
        IsBare ? [] : LayersOfKeys();

    private IEnumerable<(TaskLayer Layer, ImmutableArray<(LayerKey Key, YamlEntry Entry)> Said)> LayersOfKeys()
    {
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (TaskLayer layer in TaskLayer.InsideOut.Where(Exists))
        {
            yield return (
                layer,
                [
                    .. layer
                        .All.Where(key => Find(key.Name) is not null && taken.Add(key.Name))
                        .Select(key => (key, Find(key.Name)!)),
                ]
            );
        }
    }

    /// <summary>Reports what must not stand beside this task, or not without something else.</summary>
    /// <param name="place">What the mapping is, as <c>component "mail"</c>.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <returns>Whether nothing is.</returns>
    private bool Report(TaskPlace place, ConfigurationErrors errors)
    {
        int before = errors.Count;
        foreach (YamlEntry entry in Beside)
        {
            if (entry.Name == TaskLayer.Timeout)
            {
                ReportTimeout(entry, place, errors);
            }
            else if (!TaskLayer.AreAllowedBeside(Task.Name))
            {
                errors.Add(entry.Key.Position, $"{entry.Name} beside {Task.Name} in {place}", Mended(entry));
            }
            else if (TaskLayer.OwnersOf(entry.Name) is var owners && !owners.Any(Exists))
            {
                string makers = string.Join(
                    ", ",
                    owners.SelectMany(layer => layer.Makes).Select(key => key.Name).Order(StringComparer.Ordinal)
                );
                errors.Add(
                    entry.Key.Position,
                    $"{entry.Name} in {place} without {string.Join(" or ", owners.Select(layer => layer.Keys.Kind.Name))}",
                    owners.SelectMany(layer => layer.Makes).Skip(1).Any()
                        ? $"one of {makers} beside it"
                        : $"{makers} beside it"
                );
            }
        }

        return errors.Count == before;
    }

    private void ReportTimeout(YamlEntry entry, TaskPlace place, ConfigurationErrors errors)
    {
        if (!TaskLayer.HasTimeout(Task.Name))
        {
            errors.Add(
                entry.Key.Position,
                $"{entry.Name} beside {Task.Name} in {place}",
                Task.Name == FileKeys.Ref
                    ? $"{entry.Name} at the task that {FileKeys.Ref} names"
                    : $"{entry.Name} beside one of {string.Join(", ", TaskLayer.WithTimeout)}"
            );
        }
        else if (Task.Value is YamlMap map && map.FixedEntries.Any(option => option.Name == entry.Name))
        {
            errors.Add(
                entry.Key.Position,
                $"{entry.Name} beside {Task.Name} in {place}, and in its mapping as well",
                $"one {entry.Name}"
            );
        }
    }

    // fail_after beside hysteresis belongs into it, interval around it.
    private string Mended(YamlEntry entry)
    {
        bool isWithin = KindKeys.All[Task.Name].Find(entry.Name) is not null;
        string nested = isWithin
            ? $"{entry.Name} in the mapping of {Task.Name}"
            : $"{Task.Name} within {string.Join(" or ", TaskLayer.OwnersOf(entry.Name).Select(layer => layer.Keys.Kind.Name))}";
        return $"{nested}; or a check here, and beside it the keys of the short form";
    }

    private bool Exists(TaskLayer layer)
    {
        foreach (LayerKey key in layer.Makes)
        {
            if (Find(key.Name) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private YamlEntry? Find(string name)
    {
        foreach (YamlEntry entry in Beside)
        {
            if (entry.Name == name)
            {
                return entry;
            }
        }

        return null;
    }
}
