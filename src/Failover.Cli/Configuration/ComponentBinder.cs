namespace Failover;

/// <summary>Makes components of what the files say.</summary>
internal sealed class ComponentBinder(TaskBinder tasks, OptionBinder options, ConfigurationErrors errors)
{
    private const string Fire = "fire";

    // Each may be as large as it can be, but not all of them.
    private const int MostTasks = 1_000_000;

    private static readonly string AcceptedPost = FileKeys.OfComponent.Of(FileKeys.OnPost).Accepted;

    private static readonly string Accepted = $"{FileKeys.OfComponent.Names()}, and one of {TaskBinder.Accepted}";

    private readonly Dictionary<string, Position> positions = new(StringComparer.Ordinal);
    private readonly List<ComponentDescription> components = [];
    private int size;

    /// <summary>The components that are good, in the order of the files.</summary>
    public IReadOnlyList<ComponentDescription> Components => components;

    /// <summary>The position of each.</summary>
    public IReadOnlyDictionary<string, Position> Positions => positions;

    /// <summary>Takes a <c>components:</c> mapping of one file.</summary>
    public void Add(YamlNode node)
    {
        if (node is not YamlMap map)
        {
            errors.Add(
                node.Position,
                $"{FileKeys.Components} is {node.Shape}",
                FileKeys.Top.Of(FileKeys.Components).Accepted
            );
            return;
        }

        foreach (YamlEntry entry in map.Entries)
        {
            Add(entry);
        }
    }

    private void Add(YamlEntry entry)
    {
        string place = $"component {Printable.Quoted(entry.Name)}";
        if (ComponentName.Flaw(entry.Name) is { } flaw)
        {
            errors.Add(
                entry.Key.Position,
                $"a component is called {Printable.Quoted(entry.Name)}, {flaw}",
                ComponentName.Accepted
            );
        }
        else if (!positions.TryAdd(entry.Name, entry.Key.Position))
        {
            errors.Add(entry.Key.Position, $"{place} appears twice, first at {positions[entry.Name]}");
        }

        if (entry.Value is not YamlMap map)
        {
            errors.Add(entry.Value.Position, $"{place} is {entry.Value.Shape}", $"a mapping of {Accepted}");
            return;
        }

        TimeSpan? deadline = null;
        YamlNode? onPost = null;
        List<YamlEntry> others = [];
        foreach (YamlEntry part in map.FixedEntries)
        {
            switch (part.Name)
            {
                case FileKeys.ResponseDeadline:
                    deadline = (TimeSpan?)options.Bind(HealthService.ResponseDeadlineOption, part.Value);
                    break;
                case FileKeys.OnPost:
                    onPost = part.Value;
                    break;
                case var key when TaskBinder.IsTaskKey(key):
                    others.Add(part);
                    break;
                default:
                    errors.Add(
                        part.Key.Position,
                        $"unknown key {Printable.Quoted(part.Name)} in {place}",
                        Accepted,
                        errors.Guess(
                            part.Name,
                            TaskBinder.Keys.Append(FileKeys.OnPost).Append(FileKeys.ResponseDeadline)
                        )
                    );
                    others.Add(part with { Key = new(part.Key.Position, "", isPlain: true) });
                    break;
            }
        }

        if (Bind(others, entry, place) is { } task)
        {
            ComponentDescription component = new(
                entry.Name,
                task,
                onPost is null ? null : BindPost(onPost, task),
                deadline
            );
            components.Add(component);
            // An on_post that is wrong has been reported, and is not missing as well.
            Report(component, entry.Key.Position, isPostTold: onPost is not null && component.OnPost is null);
        }
    }

    private void Report(ComponentDescription component, Position at, bool isPostTold)
    {
        foreach (ComponentFault fault in ComponentRules.Faults(component, ComponentRules.InFile, tasks.IsNamed))
        {
            if (fault.Task is not null || !isPostTold)
            {
                errors.Add(fault.Task is null ? at : tasks.PositionOf(fault.Task), fault.Problem, fault.Accepted);
            }
        }
    }

    private HealthTask? Bind(List<YamlEntry> entries, YamlEntry component, string place)
    {
        // An unknown key has been reported, and may be the task.
        List<YamlEntry> known = entries.FindAll(entry => entry.Name.Length > 0);
        if (known.Count == 0 && entries.Count > 0)
        {
            return null;
        }

        if (tasks.Choose(known, component.Key.Position, place) is not { } entry)
        {
            return null;
        }

        BoundTask bound = tasks.Bind(entry, component.Name);
        size += bound.Size;
        if (size > MostTasks)
        {
            errors.Add(
                component.Key.Position,
                "too many tasks, named ones counted wherever they are used",
                $"up to {MostTasks} in all components"
            );
            return null;
        }

        return bound.Task;
    }

    private PostAction? BindPost(YamlNode node, HealthTask task)
    {
        if (options.ReadText(node, FileKeys.OnPost, AcceptedPost) is not { } given)
        {
            return null;
        }

        string[] way = given.Text.Split('.');
        HealthTask at = task;
        foreach (string key in way[..^1])
        {
            string[] keys = [.. at.Children.Select((_, index) => at.ChildName(index))];
            int index = Array.IndexOf(keys, key);
            if (index < 0)
            {
                string name = at.OwnKind!.Name;
                string accepted = keys.Length > 0 ? string.Join(", ", keys) : Fire;
                string? nearest = given.IsSecret ? null : errors.Guess(key, keys);
                errors.Add(
                    node.Position,
                    $"{FileKeys.OnPost} is {given.Shown}, which leads nowhere from {name}",
                    accepted,
                    nearest
                );
                return null;
            }

            at = at.Children[index];
        }

        string? flaw = (at.FireAction, way[^1]) switch
        {
            (_, not Fire) => "which does not end with fire",
            ({ Auth: null }, _) => $"which leads to a {at.KindName} without auth",
            (not null, _) => null,
            _ => $"which leads to {at.KindName}",
        };
        if (flaw is not null)
        {
            errors.Add(node.Position, $"{FileKeys.OnPost} is {given.Shown}, {flaw}", AcceptedPost);
            return null;
        }

        return at.FireAction;
    }
}
