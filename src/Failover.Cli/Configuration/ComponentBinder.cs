using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Failover;

/// <summary>Makes components of what the files say.</summary>
internal sealed partial class ComponentBinder(
    NamedTasks named,
    TaskBinder tasks,
    OptionBinder options,
    ConfigurationErrors errors
)
{
    private const string Fire = "fire";

    // Each may be as large as it can be, but not all of them.
    private const int MostTasks = 1_000_000;

    private static readonly string AcceptedPost = FileKeys.OfComponent.Of(FileKeys.OnPost).Accepted;

    private static readonly FrozenSet<string> OwnKeys = FileKeys
        .OfComponent.Select(key => key.Name)
        .ToFrozenSet(StringComparer.Ordinal);

    private readonly Dictionary<string, Position> positions = new(StringComparer.Ordinal);
    private readonly List<ComponentDescription> components = [];
    private readonly List<ComponentEntries> found = [];
    private readonly Func<HealthTask, bool> isNamed = tasks.IsNamed;
    private int size;

    /// <summary>The components that are good, in the order of the files.</summary>
    public IReadOnlyList<ComponentDescription> Components => components;

    /// <summary>The position of each.</summary>
    public IReadOnlyDictionary<string, Position> Positions => positions;

    /// <summary>Takes a <c>components:</c> mapping of one file.</summary>
    /// <param name="node">The mapping.</param>
    /// <param name="blocks">The lines of its entries.</param>
    /// <returns>False where lines that were passed over belong to no entry: they have to be read after all.</returns>
    public bool Add(YamlNode node, YamlBlocks blocks)
    {
        if (node is not YamlMap map)
        {
            errors.Add(
                node.Position,
                $"{FileKeys.Components} is {node.Shape}",
                FileKeys.Top.Of(FileKeys.Components).Accepted
            );
            return true;
        }

        // A merge brings entries without lines, and takes their place among the others.
        bool hasBlocks = blocks
            .All.Select(block => block.Name)
            .SequenceEqual(map.Entries.Select(entry => entry.Name), StringComparer.Ordinal);
        if (!hasBlocks && blocks.All.Any(block => block.Known is not null))
        {
            return false;
        }

        positions.EnsureCapacity(positions.Count + map.Entries.Length);
        found.EnsureCapacity(found.Count + map.Entries.Length);
        known.EnsureCapacity(known.Count + map.Entries.Length);
        named.ExpectComponents(map.Entries.Length);
        for (int i = 0; i < map.Entries.Length; i++)
        {
            Lines? lines = hasBlocks ? new(blocks, i) : null;
            if (lines?.Known is { } before)
            {
                AddKnown(map.Entries[i], before, lines.Value);
            }
            else
            {
                Add(map.Entries[i], lines);
            }
        }

        return true;
    }

    /// <summary>Makes them all, once all are known: a <c>ref</c> may name one that comes later.</summary>
    public void BindAll()
    {
        components.Capacity = found.Count;
        foreach (ComponentEntries entries in found)
        {
            Make(entries);
        }

        ReportHeartbeatsOfOneName();
    }

    private void ReportHeartbeatsOfOneName()
    {
        foreach ((string name, HealthTask first, HealthTask second) in HeartbeatNames.Clashes(components, named.Names))
        {
            errors.Add(
                tasks.PositionOf(second),
                $"a second heartbeat is called {Printable.Quoted(name)}, the first is at {tasks.PositionOf(first)}",
                "a name of its own, by name"
            );
        }
    }

    private void Add(YamlEntry entry, Lines? lines)
    {
        TaskPlace place = TaskPlace.OfComponent(entry.Name);
        CheckName(entry, place);
        if (entry.Value is not YamlMap map)
        {
            errors.Add(
                entry.Value.Position,
                $"{place} is {entry.Value.Shape}",
                $"a mapping of {TaskEntries.AcceptedInComponent}"
            );
            return;
        }

        ImmutableArray<YamlEntry> given = map.FixedEntries;
        ImmutableArray<YamlEntry> own = given.RemoveAll(static part => !OwnKeys.Contains(part.Name));
        ImmutableArray<YamlEntry> others = own.IsEmpty
            ? given
            : given.RemoveAll(static part => OwnKeys.Contains(part.Name));
        TaskEntries? task = TaskEntries.Choose(others, entry.Key.Position, place, errors, isComponent: true);
        ComponentEntries entries = new(entry, own, task) { Lines = lines };
        found.Add(entries);
        named.AddComponent(entry.Name, entry.Key.Position, _ => entries.Bound ??= Bind(entries));
    }

    private void CheckName(YamlEntry entry, TaskPlace place)
    {
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
    }

    private BoundTask Bind(ComponentEntries entries)
    {
        int before = options.Dependencies;
        BoundTask bound = BindTask(entries);
        entries.HasDependencies |= options.Dependencies != before;
        return bound;
    }

    private BoundTask BindTask(ComponentEntries entries)
    {
        if (entries.Task is not { } task)
        {
            return default;
        }

        BoundTask bound = tasks.Bind(task, entries.Name);
        return entries.Find(FileKeys.Latch) is not { } latch ? bound
            : IsLatchable(latch, entries, task) ? BindLatch(bound, latch, entries.Name)
            : default;
    }

    // The toggle, the oneshot and its POST in one: a latch begins in ok, whatever the defaults say.
    private BoundTask BindLatch(BoundTask task, YamlEntry latch, string name)
    {
        BoundTask reset = tasks.Make(
            KindKeys.All[Oneshot.Kind.Name],
            latch.Key.Position,
            [("default_state", HealthState.Fail), ("auth", options.BindUsers(latch.Name, latch.Value))],
            name
        );
        return tasks.Make(
            KindKeys.All[Toggle.Kind.Name],
            latch.Key.Position,
            [("to_fail", task), ("to_ok", reset), ("initial_state", HealthState.Ok)],
            name
        );
    }

    private bool IsLatchable(YamlEntry latch, ComponentEntries entries, TaskEntries task)
    {
        int before = errors.Count;
        if (!TaskLayer.AreAllowedBeside(task.Task.Name))
        {
            errors.Add(
                latch.Key.Position,
                $"{latch.Name} beside {task.Task.Name} in {entries.Place}",
                $"{latch.Name} beside a check, and the keys of the short form; or a {Oneshot.Kind.Name} in the to_ok of a {Toggle.Kind.Name}, and {FileKeys.OnPost}"
            );
        }

        if (entries.Find(FileKeys.OnPost) is { } onPost)
        {
            errors.Add(
                onPost.Key.Position,
                $"{onPost.Name} beside {latch.Name} in {entries.Place}",
                $"{latch.Name} alone: its POST is the reset"
            );
        }

        StateOption states = new("", "", "") { TakesFirst = true };
        if (
            task.Beside.FirstOrDefault(entry => entry.Name == "initial_state") is { } initial
            && options.Peek(states, initial.Value) is HealthState state and not HealthState.Ok
        )
        {
            errors.Add(
                initial.Value.Position,
                $"{initial.Name} is {Printable.Quoted(states.Text(state))} beside {latch.Name} in {entries.Place}",
                "ok: a latch begins in ok"
            );
        }

        return errors.Count == before;
    }

    private void Make(ComponentEntries entries)
    {
        // By its name, so that a circle is found; of two of one name, the second is no one's ref.
        named.Bind(entries.Name, entries.At, tasks);
        BoundTask bound = entries.Bound ??= Bind(entries);
        int before = options.Dependencies;
        TimeSpan? deadline = entries.Find(FileKeys.ResponseDeadline) is { } limit
            ? (TimeSpan?)options.Bind(ComponentChecks.ResponseDeadlineOption, limit.Value)
            : null;
        ErrorHandling? onError = BindOnError(entries);
        bool hasHistogram =
            entries.Find(FileKeys.ProbeHistogram) is { } histogram
            && options.Bind(ComponentDescription.ProbeHistogramOption, histogram.Value) is true;
        size += bound.Size;
        if (size > MostTasks)
        {
            errors.Add(
                entries.At,
                "too many tasks, named ones counted wherever they are used",
                $"up to {MostTasks} in all components"
            );
            return;
        }

        if (bound.Task is not { } task)
        {
            return;
        }

        if (entries.Lines?.Known is { } same)
        {
            components.Add(same.Description);
            known.Add(same);
            return;
        }

        bool isLatch = entries.Find(FileKeys.Latch) is not null;
        YamlEntry? onPost = entries.Find(FileKeys.OnPost);
        ComponentDescription component = new(
            entries.Name,
            task,
            isLatch ? ((Toggle)task).Reset
                : onPost is null ? null
                : BindPost(onPost.Value, task),
            deadline,
            onError
        )
        {
            HasProbeHistogram = hasHistogram,
            IsAlias = !isLatch && entries.Task is { Task.Name: FileKeys.Ref, IsBare: true },
        };
        components.Add(component);
        entries.HasDependencies |= options.Dependencies != before;
        Remember(component, entries, bound);
        // An on_post that is wrong has been reported, and is not missing as well.
        Report(component, entries.At, isPostTold: onPost is not null && component.OnPost is null);
    }

    private ErrorHandling? BindOnError(ComponentEntries entries)
    {
        OnError? how = entries.Find(FileKeys.OnError) is { } said
            ? (OnError?)options.Bind(ErrorHandling.HowOption, said.Value)
            : OnError.Error;
        TimeSpan? bound = null;
        if (entries.Find(FileKeys.OnErrorFor) is { } limit)
        {
            bound = (TimeSpan?)options.Bind(ErrorHandling.HoldsForOption, limit.Value);
            if (how is not (null or OnError.Hold))
            {
                errors.Add(
                    limit.Key.Position,
                    $"{limit.Name} in {entries.Place} without {FileKeys.OnError}: hold",
                    $"{FileKeys.OnError}: hold beside it"
                );
                return null;
            }
        }

        return how is null or OnError.Error ? null : ErrorHandling.Of(how.Value, bound);
    }

    private void Report(ComponentDescription component, Position at, bool isPostTold)
    {
        foreach (ComponentFault fault in ComponentRules.Faults(component, ComponentRules.InFile, isNamed))
        {
            if (fault.Task is not null || !isPostTold)
            {
                errors.Add(fault.Task is null ? at : tasks.PositionOf(fault.Task), fault.Problem, fault.Accepted);
            }
        }
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
