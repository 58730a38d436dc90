using System.Collections.Immutable;

namespace Failover;

/// <summary>A task that was made of what a file says.</summary>
/// <param name="Task">The task; null where something in it is wrong, which has been reported.</param>
/// <param name="Size">How many tasks it is made of, named ones counted wherever they are used.</param>
/// <param name="Depth">How deep it is nested.</param>
internal readonly record struct BoundTask(HealthTask? Task, int Size = 1, int Depth = 1);

/// <summary>Makes tasks of what the file says. It knows kinds and options as data only, and no task by name.</summary>
internal sealed class TaskBinder(NamedTasks named, OptionBinder options, Defaults defaults, ConfigurationErrors errors)
{
    /// <summary>How deep tasks may be nested, through refs too: what walks them does so by recursion.</summary>
    public const int DeepestNesting = 100;

    private readonly Dictionary<HealthTask, Position> positions = new(ReferenceEqualityComparer.Instance);

    // Of tasks in progress; a task under a name may be nested in one that is nested itself.
    private int level;

    /// <summary>What a task may begin with.</summary>
    public static string Accepted { get; } = $"{KindKeys.Names}, {FileKeys.Ref}";

    /// <summary>What a module may begin with.</summary>
    public static string ModuleKinds { get; } =
        string.Join(", ", TaskKinds.All.Where(kind => kind.Target is not null).Select(kind => kind.Name));

    /// <summary>What a task is.</summary>
    public static string AcceptedTask { get; } = $"a task, which is a mapping with one of {Accepted}";

    public static bool IsTaskKey(string key) => key == FileKeys.Ref || KindKeys.All.ContainsKey(key);

    /// <summary>What was most likely meant by a key that begins no task.</summary>
    public static IEnumerable<string> Keys => KindKeys.All.Keys.Append(FileKeys.Ref);

    /// <summary>Whether a task stands under <c>tasks</c>, or is that of a component.</summary>
    public bool IsNamed(HealthTask task) => named.HasPlace(task);

    /// <summary>The position of a task that was made here.</summary>
    /// <remarks>One of a known component has none: where something is wrong, the reading is repeated without these.</remarks>
    public Position PositionOf(HealthTask task) => positions.GetValueOrDefault(task);

    /// <summary>A mapping with a task: a kind, or <c>ref</c>, and keys beside it.</summary>
    /// <param name="node">What is there.</param>
    /// <param name="place">What it is, as <c>to_fail of "mail"</c>.</param>
    /// <param name="owner">The name of the component or of the named task that it belongs to.</param>
    public BoundTask Bind(YamlNode node, TaskPlace place, string owner)
    {
        if (node is not YamlMap map)
        {
            errors.Add(node.Position, $"{place} is {node.Shape}", AcceptedTask);
            return default;
        }

        return TaskEntries.Choose(map.FixedEntries, node.Position, place, errors) is { } entries
            ? Bind(entries, owner)
            : default;
    }

    /// <summary>A task with the layers around it.</summary>
    public BoundTask Bind(TaskEntries entries, string owner)
    {
        YamlEntry task = entries.Task;
        BoundTask bound =
            task.Name == FileKeys.Ref
                ? named.Bind(task.Value, this)
                : Bind(KindKeys.All[task.Name], task, owner, entries.Timeout);
        foreach ((TaskLayer layer, var said) in entries.Layers())
        {
            KindBinding binding = Begin(
                layer.Keys,
                new(said[0].Entry.Key.Position, layer.Keys.Kind.Name, isPlain: true),
                owner
            );
            binding.Give(0, bound);
            foreach ((LayerKey key, YamlEntry entry) in said)
            {
                binding.Read(key.Option, entry);
            }

            bound = Finish(binding);
        }

        return bound;
    }

    /// <summary>A check whose target is given for each probe: an example stands for it.</summary>
    /// <param name="node">What is there.</param>
    /// <param name="name">What it is called.</param>
    /// <returns>Null, and reported, where it is none.</returns>
    public ProbeCheck? BindModule(YamlNode node, string name)
    {
        TaskPlace place = new(FileKeys.Modules, name);
        string accepted = $"a mapping with one of {ModuleKinds}, and {TaskLayer.Timeout} beside it";
        if (node is not YamlMap map)
        {
            errors.Add(node.Position, $"module {Printable.Quoted(name)} is {node.Shape}", accepted);
            return null;
        }

        if (TaskEntries.Choose(map.FixedEntries, node.Position, place, errors) is not { } entries)
        {
            return null;
        }

        YamlEntry check = entries.Task;
        if (KindKeys.All.GetValueOrDefault(check.Name) is not { Kind.Target: { } target } keys)
        {
            errors.Add(
                check.Key.Position,
                $"module {Printable.Quoted(name)} is {check.Name}, which probes no target of its own",
                accepted
            );
            return null;
        }

        int before = errors.Count;
        foreach (YamlEntry layer in entries.Beside.Where(entry => entry.Name != TaskLayer.Timeout))
        {
            errors.Add(layer.Key.Position, $"{layer.Name} in module {Printable.Quoted(name)}", accepted);
        }

        KindBinding binding = Begin(keys, check.Key, name);
        binding.GiveTarget(target, check);
        return errors.Count == before && binding.Read(check, entries.Timeout)
            ? (ProbeCheck?)Finish(binding).Task
            : null;
    }

    /// <summary>A task of a kind, with its options.</summary>
    /// <param name="keys">The kind.</param>
    /// <param name="entry">Its name, and what is said of it.</param>
    /// <param name="owner">To which component or named task it belongs.</param>
    /// <param name="beside">An option that stands beside it.</param>
    internal BoundTask Bind(KindKeys keys, YamlEntry entry, string owner, YamlEntry? beside = null)
    {
        KindBinding binding = Begin(keys, entry.Key, owner);
        if (level >= DeepestNesting)
        {
            binding.ReportTooDeep();
            return default;
        }

        level++;
        BoundTask bound = binding.Read(entry, beside) ? Finish(binding) : default;
        level--;
        return bound;
    }

    /// <summary>A task of a kind of whose options the file says none.</summary>
    /// <param name="keys">The kind.</param>
    /// <param name="at">Where it is said.</param>
    /// <param name="given">Values of options; null where one is wrong, which has been reported.</param>
    /// <param name="owner">To which component or named task it belongs.</param>
    internal BoundTask Make(KindKeys keys, Position at, IReadOnlyList<(string Key, object? Value)> given, string owner)
    {
        KindBinding binding = Begin(keys, new(at, keys.Kind.Name, isPlain: true), owner);
        foreach ((string key, object? value) in given)
        {
            int index = keys.Find(key)!.Value;
            if (value is BoundTask task)
            {
                binding.Give(index, task);
            }
            else
            {
                binding.Give(index, value);
            }
        }

        return Finish(binding);
    }

    private KindBinding Begin(KindKeys keys, YamlText at, string owner) =>
        new(this, options, defaults, errors, keys, at, owner);

    private BoundTask Finish(KindBinding binding)
    {
        BoundTask made = binding.Finish();
        if (made.Task is not null)
        {
            positions.Add(made.Task, binding.At);
        }

        return made;
    }
}
