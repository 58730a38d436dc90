using System.Collections.Immutable;
using System.Runtime.InteropServices;

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

    // Refs to refs double with every level, as aliases do.
    private const int MostTasks = 10_000;

    private readonly Dictionary<HealthTask, Position> positions = new(ReferenceEqualityComparer.Instance);

    // Of tasks in progress; a task under a name may be nested in one that is nested itself.
    private int level;

    /// <summary>What a task may begin with.</summary>
    public static string Accepted { get; } = $"{KindKeys.Names}, {FileKeys.Ref}";

    private static string AcceptedTask => $"a task, which is a mapping with one of {Accepted}";

    private static string AcceptedList => $"a list of tasks, each a mapping with one of {Accepted}";

    public static bool IsTaskKey(string key) => key == FileKeys.Ref || KindKeys.All.ContainsKey(key);

    /// <summary>What was most likely meant by a key that begins no task.</summary>
    public static IEnumerable<string> Keys => KindKeys.All.Keys.Append(FileKeys.Ref);

    /// <summary>The position of a task that was made here.</summary>
    public Position PositionOf(HealthTask task) => positions[task];

    /// <summary>A mapping of one key: a kind, or <c>ref</c>.</summary>
    /// <param name="node">What is there.</param>
    /// <param name="place">What it is, as <c>to_fail of "mail"</c>.</param>
    /// <param name="owner">The name of the component or of the named task that it belongs to.</param>
    public BoundTask Bind(YamlNode node, string place, string owner)
    {
        if (node is not YamlMap map)
        {
            errors.Add(node.Position, $"{place} is {node.Shape}", AcceptedTask);
            return default;
        }

        return Choose(map.FixedEntries, node.Position, place) is { } entry ? Bind(entry, owner) : default;
    }

    /// <summary>The one entry that is a task; null, and reported, where there is none or another one beside it.</summary>
    public YamlEntry? Choose(IEnumerable<YamlEntry> entries, Position at, string place)
    {
        YamlEntry? task = null;
        bool isGood = true;
        bool isEmpty = true;
        foreach (YamlEntry entry in entries)
        {
            isEmpty = false;
            if (!IsTaskKey(entry.Name))
            {
                errors.Add(
                    entry.Key.Position,
                    $"unknown task {Printable.Quoted(entry.Name)} in {place}",
                    Accepted,
                    errors.Guess(entry.Name, Keys)
                );
                isGood = false;
            }
            else if (task is not null)
            {
                errors.Add(
                    entry.Key.Position,
                    $"a second task, {entry.Name}, in {place}, beside {task.Name}",
                    $"one of {Accepted}"
                );
                isGood = false;
            }
            else
            {
                task = entry;
            }
        }

        if (isEmpty)
        {
            errors.Add(at, $"{place} has no task", $"one of {Accepted}");
        }

        return isGood ? task : null;
    }

    /// <summary>A kind with its options, or <c>ref</c> with the name of a task.</summary>
    public BoundTask Bind(YamlEntry entry, string owner) =>
        entry.Name == FileKeys.Ref ? named.Bind(entry.Value, this) : Bind(KindKeys.All[entry.Name], entry, owner);

    /// <summary>A task of a kind, with its options.</summary>
    internal BoundTask Bind(KindKeys keys, YamlEntry entry, string owner)
    {
        if (level >= DeepestNesting)
        {
            ReportTooDeep(entry, owner);
            return default;
        }

        level++;
        BoundTask bound = BindWithin(keys, entry, owner);
        level--;
        return bound;
    }

    private BoundTask BindWithin(KindKeys keys, YamlEntry entry, string owner)
    {
        object?[] values = new object?[keys.Kind.Options.Length];
        bool[] isGiven = new bool[values.Length];
        Position[] optionPositions = new Position[values.Length];
        Array.Fill(optionPositions, entry.Key.Position);
        (int size, int depth) = (1, 1);
        bool isGood = true;
        switch (entry.Value)
        {
            case YamlText { IsEmpty: true }:
                break;
            case YamlText text when keys.Kind.ShortForm is { } shortForm:
                isGood = BindShort(shortForm, keys, text, values, isGiven);
                Array.Fill(optionPositions, text.Position);
                break;
            case YamlMap map:
                foreach (YamlEntry option in map.FixedEntries)
                {
                    isGood &= BindOption(keys, option, owner, values, isGiven, optionPositions, ref size, ref depth);
                }

                break;
            default:
                string orShort = keys.Kind.ShortForm is { } form ? $"{form.Accepted}, or " : "";
                errors.Add(
                    entry.Value.Position,
                    $"{entry.Name} is {entry.Value.Shape}",
                    $"{orShort}a mapping of {keys.Accepted}"
                );
                return default;
        }

        for (int i = 0; i < values.Length; i++)
        {
            isGood &= isGiven[i] || BindLeftOut(keys, i, values, entry, owner);
        }

        if (!isGood || !IsWithinBounds(size, depth, entry, owner))
        {
            return default;
        }

        HealthTask? made = Make(keys.Kind, values, optionPositions);
        if (made is not null)
        {
            positions.Add(made, entry.Key.Position);
        }

        return new(made, size, depth);
    }

    private bool BindShort(ShortForm form, KindKeys keys, YamlText text, object?[] values, bool[] isGiven)
    {
        string accepted = $"{form.Accepted}, or a mapping of {keys.Accepted}";
        if (options.ReadText(text, keys.Kind.Name, accepted) is not { } given)
        {
            // It has been reported: nothing is missing beside it.
            Array.Fill(isGiven, true);
            return false;
        }

        if (form.Split(given.Text) is not { } parts)
        {
            options.Take(Parsed.Refused(), keys.Kind.Name, given, accepted);
            Array.Fill(isGiven, true);
            return false;
        }

        bool isGood = true;
        foreach ((ScalarOption option, string part) in parts)
        {
            int index = keys.Kind.Options.IndexOf(option);
            isGiven[index] = true;
            values[index] = options.Parse(option, given.Part(part));
            isGood &= values[index] is not null;
        }

        return isGood;
    }

    private bool BindOption(
        KindKeys keys,
        YamlEntry entry,
        string owner,
        object?[] values,
        bool[] isGiven,
        Position[] positions,
        ref int size,
        ref int depth
    )
    {
        if (keys.Find(entry.Name) is not { } index)
        {
            string? nearest = errors.Guess(entry.Name, keys.Keys);
            errors.Add(
                entry.Key.Position,
                $"unknown key {Printable.Quoted(entry.Name)} in {keys.Kind.Name} {Printable.Quoted(owner)}",
                keys.Accepted,
                nearest
            );
            // What is misspelt is not missing as well.
            if (nearest is not null)
            {
                isGiven[keys.Find(nearest)!.Value] = true;
            }

            return false;
        }

        isGiven[index] = true;
        positions[index] = entry.Value.Position;
        if (keys.Kind.Options[index] is TaskOption)
        {
            BoundTask child = Bind(entry.Value, $"{entry.Name} of {Printable.Quoted(owner)}", owner);
            values[index] = child.Task;
            (size, depth) = (size + child.Size, Math.Max(depth, 1 + child.Depth));
        }
        else if (keys.Kind.Options[index] is TaskListOption list)
        {
            values[index] = BindList(list, entry.Value, owner, ref size, ref depth);
        }
        else
        {
            values[index] = options.Bind(keys.Kind.Options[index], entry.Value);
        }

        return values[index] is not null;
    }

    private ValueList<HealthTask>? BindList(
        TaskListOption option,
        YamlNode node,
        string owner,
        ref int size,
        ref int depth
    )
    {
        string place = $"{option.Key} of {Printable.Quoted(owner)}";
        if (node is not YamlList { Items.IsEmpty: false } list)
        {
            string shape = node is YamlList ? "an empty list" : node.Shape;
            errors.Add(node.Position, $"{place} is {shape}", AcceptedList);
            return null;
        }

        List<HealthTask> tasks = [];
        foreach ((int index, YamlNode item) in list.Items.Index())
        {
            BoundTask child = Bind(item, $"{option.TaskName(index)} of {Printable.Quoted(owner)}", owner);
            (size, depth) = (size + child.Size, Math.Max(depth, 1 + child.Depth));
            if (child.Task is { } task)
            {
                tasks.Add(task);
            }
        }

        return tasks.Count == list.Items.Length ? new(tasks) : null;
    }

    private bool BindLeftOut(KindKeys keys, int index, object?[] values, YamlEntry entry, string owner)
    {
        Option option = keys.Kind.Options[index];
        if (defaults.TryFind(option, out values[index]))
        {
            return values[index] is not null;
        }

        if (option.Default is null)
        {
            errors.Add(
                entry.Key.Position,
                $"{option.Key} is missing in {keys.Kind.Name} {Printable.Quoted(owner)}",
                option switch
                {
                    TaskOption => AcceptedTask,
                    TaskListOption => AcceptedList,
                    _ => option.Accepted,
                }
            );
            return false;
        }

        return true;
    }

    private bool IsWithinBounds(int size, int depth, YamlEntry entry, string owner)
    {
        if (size > MostTasks)
        {
            errors.Add(
                entry.Key.Position,
                $"{entry.Name} {Printable.Quoted(owner)} holds too many tasks, named ones counted wherever they are used",
                $"up to {MostTasks}"
            );
        }
        else if (depth > DeepestNesting)
        {
            ReportTooDeep(entry, owner);
        }

        return size <= MostTasks && depth <= DeepestNesting;
    }

    private void ReportTooDeep(YamlEntry entry, string owner) =>
        errors.Add(
            entry.Key.Position,
            $"{entry.Name} {Printable.Quoted(owner)} is nested too deeply",
            $"up to {DeepestNesting} levels"
        );

    // Every value has been checked on its own: what is left are values that do not go together.
    private HealthTask? Make(TaskKind kind, object?[] values, Position[] positions)
    {
        try
        {
            return kind.Make!(ImmutableCollectionsMarshal.AsImmutableArray(values));
        }
        catch (ArgumentException refusal)
        {
            int index = kind.Options.IndexOf(
                kind.Options.FirstOrDefault(option => option.Name == refusal.ParamName) ?? kind.Options[0]
            );
            (string problem, string? accepted) = options.Describe(refusal, kind);
            errors.Add(positions[index], problem, accepted);
            return null;
        }
    }
}
