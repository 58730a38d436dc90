using System.Collections.Immutable;

namespace Failover.Simulation;

/// <summary>Random configurations, and random edits of them.</summary>
internal sealed partial class RandomTrees(Random random)
{
    private static readonly ImmutableSortedDictionary<string, Tree> None = ImmutableSortedDictionary<
        string,
        Tree
    >.Empty;

    private int lastName;

    /// <summary>Whether some of what is observed are heartbeats. Without, the same seeds give the same trees as before there were any.</summary>
    public bool HasHeartbeats { get; init; }

    public Configuration Configuration()
    {
        ImmutableSortedDictionary<string, Tree> tasks = ImmutableSortedDictionary<string, Tree>.Empty;
        for (int i = random.Next(3); i > 0; i--)
        {
            tasks = tasks.Add($"task{i}", Task(depth: 2, canLoop: true, None));
        }

        ImmutableArray<ComponentTree> components =
        [
            .. Enumerable.Range(0, random.Next(1, 4)).Select(i => Component($"{(char)('a' + i)}", tasks)),
        ];
        return Valid(new(tasks, components));
    }

    /// <summary>A component that could be served by itself.</summary>
    public ComponentTree ComponentOf(string name, ImmutableSortedDictionary<string, Tree> tasks)
    {
        Configuration alone;
        do
        {
            alone = Valid(new(tasks, [Component(name, tasks)]));
        } while (alone.Components is not [{ } only] || only.Name != name);
        return alone.Components[0];
    }

    /// <summary>A configuration with one thing changed.</summary>
    public Configuration Edit(Configuration before)
    {
        int index = random.Next(Math.Max(1, before.Components.Length));
        if (before.Components.IsEmpty)
        {
            return Valid(before with { Components = [Component("a", before.Tasks)] });
        }

        ComponentTree component = before.Components[index];
        switch (random.Next(13))
        {
            case 0:
                return before with { Components = before.Components.RemoveAt(index) };
            case 1:
                string free = Enumerable
                    .Range(0, 4)
                    .Select(i => $"{(char)('a' + i)}")
                    .FirstOrDefault(name => before.Components.All(one => one.Name != name), "z");
                return Valid(before with { Components = before.Components.Add(Component(free, before.Tasks)) }, before);
            case 2 when before.Components.Length > 1:
                ComponentTree other = before.Components[(index + 1) % before.Components.Length];
                return Valid(
                    before with
                    {
                        Components =
                        [
                            .. before.Components.Select(one =>
                                one == component ? component with { Name = other.Name }
                                : one == other ? other with { Name = component.Name }
                                : one
                            ),
                        ],
                    }
                );
            case 3:
                return Valid(
                    before with
                    {
                        Components = before.Components.SetItem(
                            index,
                            component with
                            {
                                Name = $"{component.Name}{component.Name}"[..Math.Min(2, component.Name.Length + 1)],
                            }
                        ),
                    },
                    before
                );
            case 4 when !before.Tasks.IsEmpty:
                string named = before.Tasks.Keys.ElementAt(random.Next(before.Tasks.Count));
                return Valid(
                    before with
                    {
                        Tasks = before.Tasks.SetItem(named, EditTree(before.Tasks[named], before.Tasks, isNamed: true)),
                    },
                    before
                );
            case 5:
                // Share: a part becomes a task with a name.
                Tree part = Any(component.Task.All.Where(one => one is not OneshotTree));
                string name = $"task{random.Next(1, 4)}";
                if (before.Tasks.ContainsKey(name) || part.All.Any(one => one is RefTree))
                {
                    return before;
                }

                return Valid(
                    before with
                    {
                        Tasks = before.Tasks.Add(name, part),
                        Components = before.Components.SetItem(
                            index,
                            component with
                            {
                                Task = component.Task.Replace(part, new RefTree(name)),
                            }
                        ),
                    },
                    before
                );
            case 6:
                return before with
                {
                    Components = before.Components.SetItem(index, component with { HasGuard = !component.HasGuard }),
                };
            case 7:
                return Valid(
                    before with
                    {
                        Components = before.Components.SetItem(index, component with { OnError = OnError() }),
                    },
                    before
                );
            default:
                return Valid(
                    before with
                    {
                        Components = before.Components.SetItem(
                            index,
                            component with
                            {
                                Task = EditTree(component.Task, before.Tasks, isNamed: false),
                            }
                        ),
                    },
                    before
                );
        }
    }

    private Tree EditTree(Tree tree, ImmutableSortedDictionary<string, Tree> tasks, bool isNamed)
    {
        Tree part = Any(tree.All);
        Tree edited = random.Next(8) switch
        {
            0 => Wrap(part),
            1 when part.Children.Length > 0 => part.Children[0],
            2 => Task(depth: 1, canLoop: true, isNamed ? None : tasks),
            _ => part switch
            {
                CheckTree check => check with { Timeout = random.Next(5, 31) },
                HeartbeatTree one => random.Next(2) == 0
                    ? one with
                    {
                        Every = random.Next(5, 60),
                    }
                    : one with
                    {
                        Grace = random.Next(1, 20),
                    },
                HysteresisTree one => random.Next(3) switch
                {
                    0 => one with { OkAfter = Limit() },
                    1 => one with { FailAfter = Limit() },
                    _ => one with { BeginsInFail = !one.BeginsInFail, BeginsInFirst = random.Next(3) == 0 },
                },
                BackgroundTree one => random.Next(4) switch
                {
                    0 => one with { Fast = one.Fast is null ? random.Next(1, 5) : null },
                    1 => one with { Down = one.Down is null ? random.Next(5, 60) : null },
                    2 => one with { Jitter = one.Jitter is null ? random.Next(1, 5) : null },
                    _ => one with { Interval = random.Next(5, 40) },
                },
                LogicTree one => EditLogic(one, tasks, isNamed),
                WithinTree one => one with { Fails = random.Next(1, 4), Of = Limit() },
                FlappingTree one => one with { High = random.Next(20, 50) },
                DependsTree one => new DependsTree(one.Task, Wrap(one.On)),
                DeadlineTree one => one with { After = random.Next(3, 20) },
                CacheTree one => one with { MaxAge = random.Next(3, 20) },
                ToggleTree one => random.Next(3) switch
                {
                    0 => one with { BeginsInFail = !one.BeginsInFail },
                    1 => one with { ToOk = WayBack() },
                    _ => one with { ToFail = Wrap(one.ToFail) },
                },
                OneshotTree one => one with { Expires = one.Expires is null ? random.Next(5, 100) : null },
                _ => part,
            },
        };
        return tree.Replace(part, edited);
    }

    private Tree Wrap(Tree part) =>
        random.Next(10) switch
        {
            0 or 1 => new HysteresisTree(part, random.Next(2) == 0, Limit(), Limit(), null),
            2 or 3 => Background(part),
            4 => Filter(part, canLoop: false),
            5 => Logic([part, new CheckTree("q", random.Next(5, 31))]),
            6 => new NotTree(part),
            _ => new ToggleTree(part, WayBack(), BeginsInFail: false),
        };

    private ComponentTree Component(string name, ImmutableSortedDictionary<string, Tree> tasks) =>
        new(name, Task(depth: 3, canLoop: true, tasks), null, random.Next(4) == 0 ? random.Next(1, 30) : null)
        {
            OnError = OnError(),
            HasGuard = random.Next(3) == 0,
        };

    private int? OnError() =>
        random.Next(6) switch
        {
            0 => 0,
            1 => random.Next(1, 50),
            _ => null,
        };

    private Tree Task(int depth, bool canLoop, ImmutableSortedDictionary<string, Tree> tasks)
    {
        if (!tasks.IsEmpty && random.Next(4) == 0)
        {
            return new RefTree(tasks.Keys.ElementAt(random.Next(tasks.Count)));
        }

        return (depth == 0 ? 0 : random.Next(16)) switch
        {
            0 => HasHeartbeats && random.Next(2) == 0
                ? NewHeartbeat()
                : new CheckTree($"{(char)('p' + random.Next(3))}", random.Next(5, 31)),
            1 or 2 or 3 => new HysteresisTree(
                Task(depth - 1, canLoop, tasks),
                random.Next(3) == 0,
                Limit(),
                Limit(),
                random.Next(5) == 0 ? Limit() : null
            )
            {
                BeginsInFirst = random.Next(6) == 0,
            },
            4 or 5 when canLoop => Background(Task(depth - 1, canLoop: false, tasks)),
            10 or 11 or 12 => Logic([
                .. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Task(depth - 1, canLoop, tasks)),
            ]),
            13 or 14 => Filter(Task(depth - 1, canLoop, tasks), canLoop),
            15 => new NotTree(Task(depth - 1, canLoop, tasks)),
            _ => new ToggleTree(Task(depth - 1, canLoop, tasks), WayBack(), random.Next(8) == 0),
        };
    }

    private Tree WayBack() =>
        random.Next(11) switch
        {
            8 => Logic([NewOneshot(), new CheckTree("w", random.Next(5, 31))]),
            9 => Logic([NewOneshot(), Background(new CheckTree("w", random.Next(5, 31)))]),
            10 => new NotTree(new NotTree(NewOneshot())),
            0 => HasHeartbeats ? NewHeartbeat() : new CheckTree("w", random.Next(5, 31)),
            1 => new HysteresisTree(new CheckTree("w", 10), false, new(2, 0), new(1, 0), null),
            2 => new HysteresisTree(NewOneshot(), false, new(1, 0), Limit(), null),
            3 => new BackgroundTree(NewOneshot(), random.Next(5, 40), null),
            4 => new ToggleTree(new CheckTree("v", 10), NewOneshot(), BeginsInFail: false),
            _ => NewOneshot(),
        };

    private HeartbeatTree NewHeartbeat() =>
        new($"h{++lastName}", random.Next(5, 60), random.Next(1, 20)) { BeginsInFail = random.Next(6) == 0 };

    private OneshotTree NewOneshot() => new($"r{++lastName}", random.Next(6) == 0 ? random.Next(5, 100) : null);

    private Limit Limit() => random.Next(3) > 0 ? new(random.Next(1, 4), 0) : new(0, random.Next(1, 30));

    private T Any<T>(IEnumerable<T> all)
    {
        T[] choices = [.. all];
        return choices[random.Next(choices.Length)];
    }

    // As a configuration is refused that could not be reset: nothing that a toggle cannot leave, an action where one is needed.
    private Configuration Valid(Configuration configuration, Configuration? instead = null)
    {
        if (
            configuration.Components.Select(one => one.Name).Distinct(StringComparer.Ordinal).Count()
            < configuration.Components.Length
        )
        {
            return instead ?? configuration;
        }

        configuration = configuration with
        {
            Components =
            [
                .. configuration.Components.Select(component =>
                    component with
                    {
                        OnPost = OnPostOf(configuration, component),
                    }
                ),
            ],
        };
        try
        {
            _ = new TreeBuilder(configuration).Components();
        }
        catch (ArgumentException)
        {
            return instead ?? Configuration();
        }

        // A loop above a slower one reads as stale between the turns of that one, as its description says.
        bool isStray = configuration.Components.Any(component =>
            HasStrayOneshot(component.Task, configuration, isWayBack: false)
            || HasNestedLoop(component.Task, configuration, isBelowLoop: false)
        );
        return isStray ? instead ?? Configuration() : configuration;
    }

    private string? OnPostOf(Configuration configuration, ComponentTree component)
    {
        OneshotTree[] oneshots = [.. configuration.AllOf(component.Task).OfType<OneshotTree>()];
        return oneshots.Length == 0 ? null
            : oneshots.Any(one => one.Name == component.OnPost) && random.Next(4) > 0 ? component.OnPost
            : oneshots[random.Next(oneshots.Length)].Name;
    }

    private static bool HasNestedLoop(Tree tree, Configuration configuration, bool isBelowLoop) =>
        tree is RefTree reference
            ? HasNestedLoop(configuration.Tasks[reference.Name], configuration, isBelowLoop)
            : tree is BackgroundTree && isBelowLoop
                || tree.Children.Any(child =>
                    HasNestedLoop(child, configuration, isBelowLoop || tree is BackgroundTree)
                );

    private static bool HasStrayOneshot(Tree tree, Configuration configuration, bool isWayBack) =>
        tree switch
        {
            OneshotTree => !isWayBack,
            // An odd number of them makes a way back that is open before anybody fires.
            NotTree { Task: not NotTree } not when not.All.Any(part => part is OneshotTree) && isWayBack => true,
            NotTree { Task: NotTree twice } => HasStrayOneshot(twice.Task, configuration, isWayBack),
            RefTree reference => HasStrayOneshot(configuration.Tasks[reference.Name], configuration, isWayBack),
            ToggleTree toggle => HasStrayOneshot(toggle.ToFail, configuration, isWayBack: false)
                || HasStrayOneshot(toggle.ToOk, configuration, isWayBack: true),
            _ => tree.Children.Any(child => HasStrayOneshot(child, configuration, isWayBack)),
        };
}
