using System.Runtime.InteropServices;

namespace Failover;

/// <summary>One task of a kind while its options are read.</summary>
/// <param name="tasks">Makes the tasks in it.</param>
/// <param name="options">Makes the values of its other options.</param>
/// <param name="defaults">What is left out.</param>
/// <param name="errors">Takes what is wrong.</param>
/// <param name="keys">The kind.</param>
/// <param name="name">Where it is said, and its name.</param>
/// <param name="owner">The name of the component or of the named task that it belongs to.</param>
internal sealed class KindBinding(
    TaskBinder tasks,
    OptionBinder options,
    Defaults defaults,
    ConfigurationErrors errors,
    KindKeys keys,
    YamlText name,
    string owner
)
{
    // Refs to refs double with every level, as aliases do.
    private const int MostTasks = 10_000;

    private static readonly ChildNameOption ChildName = new();

    private readonly object?[] values = new object?[keys.Kind.Options.Length];
    private readonly bool[] isGiven = new bool[keys.Kind.Options.Length];

    // What each is said by; where it is left out, the name of the task stands for it.
    private readonly YamlNode?[] said = new YamlNode?[keys.Kind.Options.Length];
    private int size = 1;
    private int depth = 1;
    private bool isGood = true;

    private static string AcceptedList { get; } =
        $"a list of tasks, or a mapping of names to tasks, each a mapping with one of {TaskBinder.Accepted}";

    public Position At => name.Position;

    private string Owner => Printable.Quoted(owner);

    /// <summary>Takes the value of an option; null where it is wrong, which has been reported.</summary>
    public void Give(int index, object? value)
    {
        (values[index], isGiven[index]) = (value, true);
        isGood &= value is not null;
    }

    /// <summary>Takes a task that is bound.</summary>
    public void Give(int index, BoundTask task)
    {
        Add(task);
        Give(index, task.Task);
    }

    /// <summary>Takes an example of a target, and reports where the file says one, or says where else to connect to.</summary>
    /// <param name="target">How one is read.</param>
    /// <param name="entry">What the file says of the kind.</param>
    public void GiveTarget(TargetForm target, YamlEntry entry)
    {
        IReadOnlyList<(ScalarOption Option, string Text)> parts = target.Form.Split(target.Example)!;
        foreach ((ScalarOption option, string text) in parts)
        {
            Give(keys.Kind.Options.IndexOf(option), option.Parse(text).Value);
        }

        Option[] others = [.. parts.Select(part => part.Option), .. target.Others];
        if (
            entry.Value is YamlText { IsEmpty: false } whole
            && keys.Kind.ShortForm?.Split(whole.Text)?.Any(part => others.Contains(part.Option)) == true
        )
        {
            errors.Add(
                whole.Position,
                $"{keys.Kind.Name} {Owner} names a target",
                $"a mapping without {string.Join(" and ", parts.Select(part => part.Option.Key))}: the request names the target"
            );
        }

        foreach (YamlEntry option in (entry.Value as YamlMap)?.FixedEntries ?? [])
        {
            if (keys.Find(option.Name) is { } index && others.Contains(keys.Kind.Options[index]))
            {
                errors.Add(
                    option.Key.Position,
                    $"{option.Name} in {keys.Kind.Name} {Owner}, whose target the request names",
                    $"no {option.Name}"
                );
            }
        }
    }

    /// <summary>Takes what is said of the kind, in whichever of its forms.</summary>
    /// <param name="entry">Its name, and that.</param>
    /// <param name="beside">An option that stands beside it.</param>
    /// <returns>Whether it is of one of its forms; else that has been reported.</returns>
    public bool Read(YamlEntry entry, YamlEntry? beside)
    {
        switch (entry.Value)
        {
            case var value when keys.Kind.WholeOption is { } whole:
                Give(keys.Kind.Options.IndexOf(whole), Value(whole, value, entry.Name));
                break;
            case YamlText { IsEmpty: true }:
                break;
            case YamlText text when keys.Kind.ShortForm is { } shortForm:
                ReadShort(shortForm, text);
                Array.Fill(said, text);
                break;
            case YamlMap map:
                foreach (YamlEntry option in map.FixedEntries)
                {
                    Read(option);
                }

                break;
            default:
                string orShort = keys.Kind.ShortForm is { } form ? $"{form.Accepted}, or " : "";
                errors.Add(
                    entry.Value.Position,
                    $"{entry.Name} is {entry.Value.Shape}",
                    $"{orShort}a mapping of {keys.Accepted}"
                );
                return false;
        }

        if (beside is not null)
        {
            Read(beside);
        }

        return true;
    }

    /// <summary>Takes an option.</summary>
    public void Read(YamlEntry entry)
    {
        if (keys.Find(entry.Name) is { } index)
        {
            Read(keys.Kind.Options[index], entry);
            return;
        }

        string? nearest = errors.Guess(entry.Name, keys.Keys);
        errors.Add(
            entry.Key.Position,
            $"unknown key {Printable.Quoted(entry.Name)} in {keys.Kind.Name} {Owner}",
            keys.Accepted,
            nearest
        );
        isGood = false;
        // What is misspelt is not missing as well.
        if (nearest is not null)
        {
            isGiven[keys.Find(nearest)!.Value] = true;
        }
    }

    /// <summary>Takes an option, under whichever key it is said.</summary>
    public void Read(Option option, YamlEntry entry)
    {
        int index = keys.Kind.Options.IndexOf(option);
        said[index] = entry.Value;
        Give(index, Value(option, entry.Value, entry.Name));
    }

    /// <summary>Makes the task, once all that is said has been taken.</summary>
    public BoundTask Finish()
    {
        for (int i = 0; i < values.Length; i++)
        {
            isGood &= isGiven[i] || FillLeftOut(i);
        }

        TakeBackUnmeantDefaults();
        return isGood && IsWithinBounds() ? new(Make(), size, depth) : default;
    }

    public void ReportTooDeep() =>
        errors.Add(At, $"{name.Text} {Owner} is nested too deeply", $"up to {TaskBinder.DeepestNesting} levels");

    private void ReadShort(ShortForm form, YamlText text)
    {
        string accepted = $"{form.Accepted}, or a mapping of {keys.Accepted}";
        SubstitutedText? given = options.ReadText(text, keys.Kind.Name, accepted);
        if (given is not { } whole || form.Split(whole.Text) is not { } parts)
        {
            if (given is { } other)
            {
                options.Take(Parsed.Refused(), keys.Kind.Name, other, accepted);
            }

            // It has been reported: nothing is missing beside it.
            Array.Fill(isGiven, true);
            isGood = false;
            return;
        }

        foreach ((ScalarOption option, string part) in parts)
        {
            Give(keys.Kind.Options.IndexOf(option), options.Parse(option, whole.Part(part)));
        }
    }

    private object? Value(Option option, YamlNode node, string key)
    {
        switch (option)
        {
            case TaskOption:
                BoundTask child = tasks.Bind(node, new TaskPlace(key, owner), owner);
                Add(child);
                return child.Task;
            case TaskListOption:
                return Tasks(node, key);
            default:
                return options.Bind(option, node);
        }
    }

    private TaskList? Tasks(YamlNode node, string key)
    {
        (string Name, TaskPlace Place, YamlNode Node)[]? items = node switch
        {
            YamlList { Items.IsEmpty: false } list =>
            [
                .. list.Items.Select((item, index) => ("", new TaskPlace($"{key}[{index}]", owner), item)),
            ],
            YamlMap { Entries.IsEmpty: false } map => Names(map, key),
            _ => null,
        };
        if (items is null)
        {
            string shape = node switch
            {
                YamlList => "an empty list",
                YamlMap => "an empty mapping",
                _ => node.Shape,
            };
            errors.Add(node.Position, $"{key} of {Owner} is {shape}", AcceptedList);
            return null;
        }

        List<(string Name, HealthTask Task)> bound = [];
        foreach (var item in items)
        {
            BoundTask child = tasks.Bind(item.Node, item.Place, owner);
            Add(child);
            if (child.Task is { } task)
            {
                bound.Add((item.Name, task));
            }
        }

        bool areAll = bound.Count == (node is YamlMap named ? named.Entries.Length : items.Length);
        return !areAll ? null
            : node is YamlMap ? TaskList.Named(bound)
            : TaskList.Unnamed(bound.Select(one => one.Task));
    }

    // Under a kind's name a single task was meant.
    private (string, TaskPlace, YamlNode)[] Names(YamlMap map, string key)
    {
        List<(string, TaskPlace, YamlNode)> names = [];
        foreach (YamlEntry entry in map.Entries)
        {
            if (TaskBinder.IsTaskKey(entry.Name))
            {
                errors.Add(
                    entry.Key.Position,
                    $"{Printable.Quoted(entry.Name)} in {key} of {Owner} is a kind of task, and no name",
                    $"another name, or a list of tasks: [{{{entry.Name}: …}}]"
                );
            }
            else if (!ChildName.Takes(entry.Name))
            {
                errors.Add(
                    entry.Key.Position,
                    $"a task in {key} of {Owner} is called {Printable.Quoted(entry.Name)}",
                    ChildName.Accepted
                );
            }
            else
            {
                names.Add((entry.Name, new TaskPlace($"{entry.Name} in {key}", owner), entry.Value));
            }
        }

        return [.. names];
    }

    private void Add(BoundTask child) => (size, depth) = (size + child.Size, Math.Max(depth, 1 + child.Depth));

    private bool FillLeftOut(int index)
    {
        Option option = keys.Kind.Options[index];
        if (defaults.TryFind(option, out values[index]))
        {
            return values[index] is not null;
        }

        if (!keys.IsOptional[index])
        {
            errors.Add(
                At,
                $"{option.Key} is missing in {keys.Kind.Name} {Owner}",
                option switch
                {
                    TaskOption => TaskBinder.AcceptedTask,
                    TaskListOption => AcceptedList,
                    _ => option.Accepted,
                }
            );
            return false;
        }

        return true;
    }

    private void TakeBackUnmeantDefaults()
    {
        if (!isGood || keys.Kind.TakesDefault is not { } takes)
        {
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            bool isMeant = values[i] is null || isGiven[i] || takes(keys.Kind.Options[i], [.. values]);
            values[i] = isMeant ? values[i] : null;
        }
    }

    private bool IsWithinBounds()
    {
        if (size > MostTasks)
        {
            errors.Add(
                At,
                $"{name.Text} {Owner} holds too many tasks, named ones counted wherever they are used",
                $"up to {MostTasks}"
            );
        }
        else if (depth > TaskBinder.DeepestNesting)
        {
            ReportTooDeep();
        }

        return size <= MostTasks && depth <= TaskBinder.DeepestNesting;
    }

    // Every value has been checked on its own: what is left are values that do not go together.
    private HealthTask? Make()
    {
        TaskKind kind = keys.Kind;
        try
        {
            return kind.Make!(ImmutableCollectionsMarshal.AsImmutableArray(values));
        }
        catch (ArgumentException refusal)
        {
            int index = kind.Options.IndexOf(
                kind.Options.FirstOrDefault(option => option.Name == refusal.ParamName) ?? kind.Options[0]
            );
            (string problem, string? accepted) = options.Describe(refusal, kind.Name, kind.Options);
            errors.Add(said[index]?.Position ?? At, problem, accepted);
            return null;
        }
    }
}
