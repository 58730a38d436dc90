using System.Collections.Immutable;
using System.Globalization;

namespace Failover.Simulation;

/// <summary>A task as the simulation describes it: in text, and easy to edit.</summary>
internal abstract record Tree
{
    public virtual ImmutableArray<Tree> Children => [];

    public virtual Tree With(ImmutableArray<Tree> children) => this;

    /// <summary>This tree and all below it, named tasks left out.</summary>
    public IEnumerable<Tree> All => Children.SelectMany(child => child.All).Prepend(this);

    /// <summary>The tree in which one part, found by identity, is another one.</summary>
    public Tree Replace(Tree part, Tree by) =>
        ReferenceEquals(this, part) ? by : With([.. Children.Select(child => child.Replace(part, by))]);

    protected static string Seconds(int tenths) => string.Create(CultureInfo.InvariantCulture, $"{tenths / 10.0:0.0}s");
}

internal sealed record CheckTree(string Target, int Timeout) : Tree
{
    public override string ToString() => $"check({Target}, {Seconds(Timeout)})";
}

internal sealed record HeartbeatTree(string Name, int Every, int Grace) : Tree
{
    /// <summary>Its initial state.</summary>
    public bool BeginsInFail { get; init; }

    public override string ToString() =>
        $"heartbeat({Name}, {Seconds(Every)}, {Seconds(Grace)}{(BeginsInFail ? ", initial=fail" : "")})";

    public HeartbeatCheck Build() =>
        new(
            Units.Second(Every * 0.1),
            Units.Second(Grace * 0.1),
            new SimulatedUsers(),
            initialState: BeginsInFail ? HealthState.Fail : HealthState.Ok,
            name: Name
        );
}

/// <summary>So many observations, or so many tenths of a second.</summary>
internal readonly record struct Limit(int Count, int Tenths)
{
    public Threshold Threshold => Count > 0 ? Units.Count(Count) : Units.Second(Tenths * 0.1);

    public override string ToString() =>
        Count > 0
            ? Count.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Tenths / 10.0:0.0}s");
}

internal sealed record HysteresisTree(Tree Task, bool BeginsInFail, Limit OkAfter, Limit FailAfter, Limit? ErrorAfter)
    : Tree
{
    public override ImmutableArray<Tree> Children => [Task];

    public override Tree With(ImmutableArray<Tree> children) => this with { Task = children[0] };

    /// <summary>Whether the first definite observation decides, whatever else is said of its first state.</summary>
    public bool BeginsInFirst { get; init; }

    public override string ToString() =>
        $"hysteresis({Task}, ok_after={OkAfter}, fail_after={FailAfter}"
        + (ErrorAfter is { } limit ? $", error_after={limit}" : "")
        + (
            BeginsInFirst ? ", initial=first)"
            : BeginsInFail ? ", initial=fail)"
            : ")"
        );
}

/// <param name="Task">What is probed.</param>
/// <param name="Interval">How often.</param>
/// <param name="BeginsInFail">Its initial state, if it has one.</param>
/// <param name="Fast">The interval while a change is in progress, if it is another one.</param>
/// <param name="Down">The interval while the target is down, if it is another one.</param>
/// <param name="Jitter">How much later a turn may be, if at all.</param>
internal sealed record BackgroundTree(
    Tree Task,
    int Interval,
    bool? BeginsInFail,
    int? Fast = null,
    int? Down = null,
    int? Jitter = null
) : Tree
{
    public override ImmutableArray<Tree> Children => [Task];

    public override Tree With(ImmutableArray<Tree> children) => this with { Task = children[0] };

    /// <inheritdoc cref="HysteresisTree.BeginsInFirst"/>
    public bool BeginsInFirst { get; init; }

    public override string ToString() =>
        $"background({Task}, {Seconds(Interval)}"
        + (
            BeginsInFirst ? ", initial=first"
            : BeginsInFail is { } fail ? $", initial={(fail ? "fail" : "ok")}"
            : ""
        )
        + (Fast is { } fast ? $", fast={Seconds(fast)}" : "")
        + (Down is { } down ? $", down={Seconds(down)}" : "")
        + (Jitter is { } jitter ? $", jitter={Seconds(jitter)})" : ")");

    public Background Build(HealthTask task) =>
        new(
            task,
            Units.Second(Interval * 0.1),
            BeginsInFirst ? Units.First
                : BeginsInFail is { } fail ? (fail ? HealthState.Fail : HealthState.Ok)
                : null,
            jitter: Span(Jitter, Interval),
            fastInterval: Span(Fast, Interval),
            downInterval: Span(Down, int.MaxValue)
        );

    private static TimeSpan? Span(int? tenths, int most) =>
        tenths is { } count ? Units.Second(Math.Min(count, most) * 0.1) : null;
}

internal sealed record ToggleTree(Tree ToFail, Tree ToOk, bool BeginsInFail) : Tree
{
    public override ImmutableArray<Tree> Children => [ToFail, ToOk];

    public override Tree With(ImmutableArray<Tree> children) => this with { ToFail = children[0], ToOk = children[1] };

    public override string ToString() => $"toggle({ToFail}, {ToOk}{(BeginsInFail ? ", initial=fail" : "")})";
}

internal sealed record OneshotTree(string Name, int? Expires) : Tree
{
    public override string ToString() => $"oneshot({Name}{(Expires is { } tenths ? $", {Seconds(tenths)}" : "")})";
}

/// <summary>A task that has a name of its own.</summary>
internal sealed record RefTree(string Name) : Tree
{
    public override string ToString() => $"ref({Name})";
}

internal sealed record ComponentTree(string Name, Tree Task, string? OnPost, int? Deadline)
{
    /// <summary>For how many tenths of a second an error is held; 0 where it is served as a fail, null as an error.</summary>
    public int? OnError { get; init; }

    /// <summary>The guard of those that have one: of the others only one may fail.</summary>
    public static Guard TheGuard { get; } = new("g", maxFailing: 1, maxDelay: Units.Second(1.5));

    /// <summary>Whether it has that.</summary>
    public bool HasGuard { get; init; }

    public ErrorHandling? Handling =>
        OnError switch
        {
            null => null,
            0 => ErrorHandling.Of(Failover.OnError.Fail, null),
            { } tenths => ErrorHandling.Of(Failover.OnError.Hold, Units.Second(tenths * 0.1)),
        };

    public override string ToString() =>
        $"/{Name} = {Task}"
        + (OnPost is null ? "" : $" on_post={OnPost}")
        + (Deadline is { } tenths ? string.Create(CultureInfo.InvariantCulture, $" deadline={tenths / 10.0:0.0}s") : "")
        + OnError switch
        {
            null => "",
            0 => " on_error=fail",
            { } held => string.Create(CultureInfo.InvariantCulture, $" on_error={held / 10.0:0.0}s"),
        }
        + (HasGuard ? " guard=g" : "");
}

/// <summary>All that is served.</summary>
internal sealed record Configuration(
    ImmutableSortedDictionary<string, Tree> Tasks,
    ImmutableArray<ComponentTree> Components
)
{
    public override string ToString() =>
        string.Join(
            '\n',
            Tasks
                .Where(task => IsUsed(task.Key))
                .Select(task => $"{task.Key} = {task.Value}")
                .Concat(Components.Select(component => component.ToString()))
        );

    public IEnumerable<Tree> AllOf(Tree tree) =>
        tree.All.SelectMany(part =>
            part is RefTree reference && Tasks.TryGetValue(reference.Name, out Tree? named)
                ? AllOf(named).Prepend(part)
                : [part]
        );

    private bool IsUsed(string name) =>
        Components.Any(component => AllOf(component.Task).Any(part => part is RefTree one && one.Name == name));
}

/// <summary>A check of the simulation.</summary>
internal sealed record SimulatedCheck(string Target, TimeSpan Timeout) : Check
{
    public override TimeSpan LongestTime => Timeout;

    public override string Summary => $"check {Target} {Timeout.TotalSeconds}";
}

internal sealed record SimulatedUsers : Authentication;

/// <summary>Makes descriptions of trees.</summary>
/// <param name="configuration">The trees.</param>
/// <param name="previous">Whose tasks it uses again for components that have the same text and name no task; null where it makes all
/// anew.</param>
internal sealed class TreeBuilder(Configuration configuration, TreeBuilder? previous = null)
{
    private readonly Dictionary<string, (HealthTask Task, Dictionary<string, Oneshot> Oneshots)> made = new(
        StringComparer.Ordinal
    );

    private readonly Dictionary<string, HealthTask> named = new(StringComparer.Ordinal);

    public Dictionary<HealthTask, string> Names { get; } = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<ComponentDescription> Components() =>
        [
            .. configuration.Components.Select(component =>
            {
                (HealthTask task, Dictionary<string, Oneshot> oneshots) = Make(component);
                return new ComponentDescription(
                    component.Name,
                    task,
                    component.OnPost is { } name && oneshots.TryGetValue(name, out Oneshot? target)
                        ? target.Fire
                        : null,
                    component.Deadline is { } tenths ? Units.Second(tenths * 0.1) : null,
                    component.Handling
                )
                {
                    Guard = component.HasGuard ? ComponentTree.TheGuard : null,
                };
            }),
        ];

    private readonly Dictionary<HealthTask, Dictionary<string, Oneshot>> oneshotsOf = new(
        ReferenceEqualityComparer.Instance
    );

    private (HealthTask Task, Dictionary<string, Oneshot> Oneshots) Make(ComponentTree component)
    {
        string text = $"{component.Name} {component.Task}";
        if (previous is null || !previous.made.TryGetValue(text, out var one))
        {
            Dictionary<string, Oneshot> oneshots = new(StringComparer.Ordinal);
            one = (Build(component.Task, oneshots), oneshots);
        }

        if (!component.Task.All.OfType<RefTree>().Any())
        {
            made.TryAdd(text, one);
        }

        return one;
    }

    private HealthTask Build(Tree tree, Dictionary<string, Oneshot> oneshots)
    {
        switch (tree)
        {
            case CheckTree check:
                return new SimulatedCheck(check.Target, Units.Second(check.Timeout * 0.1));
            case HeartbeatTree one:
                return one.Build();
            case HysteresisTree one:
                return new Hysteresis(
                    Build(one.Task, oneshots),
                    one.BeginsInFirst ? Units.First
                        : one.BeginsInFail ? HealthState.Fail
                        : HealthState.Ok,
                    one.OkAfter.Threshold,
                    one.FailAfter.Threshold,
                    one.ErrorAfter?.Threshold
                );
            case BackgroundTree one:
                return one.Build(Build(one.Task, oneshots));
            case LogicTree one:
                return one.Build(task => Build(task, oneshots));
            case NotTree one:
                return new Not(Build(one.Task, oneshots));
            case WithinTree one:
                return new Within(Build(one.Task, oneshots), one.Fails, one.Window);
            case FlappingTree one:
                return new Flapping(Build(one.Task, oneshots), one.High, one.Low);
            case DependsTree one:
                return new Depends(Build(one.Task, oneshots), Build(one.On, oneshots));
            case DeadlineTree one:
                return new Deadline(Build(one.Task, oneshots), Units.Second(one.After * 0.1));
            case CacheTree one:
                return new Cache(Build(one.Task, oneshots), Units.Second(one.MaxAge * 0.1));
            case ToggleTree one:
                return new Toggle(
                    Build(one.ToFail, oneshots),
                    Build(one.ToOk, oneshots),
                    one.BeginsInFail ? HealthState.Fail : HealthState.Ok
                );
            case OneshotTree one:
                Oneshot oneshot = new(
                    auth: new SimulatedUsers(),
                    expires: one.Expires is { } tenths ? Units.Second(tenths * 0.1) : null
                );
                oneshots[one.Name] = oneshot;
                return oneshot;
            case RefTree one:
                return Named(one.Name, oneshots);
            default:
                throw new ArgumentException($"no such tree: {tree}", nameof(tree));
        }
    }

    private HealthTask Named(string name, Dictionary<string, Oneshot> oneshots)
    {
        if (!named.TryGetValue(name, out HealthTask? task))
        {
            Dictionary<string, Oneshot> own = new(StringComparer.Ordinal);
            task = Build(configuration.Tasks[name], own);
            named.Add(name, task);
            Names.Add(task, name);
            oneshotsOf.Add(task, own);
        }

        foreach ((string key, Oneshot oneshot) in oneshotsOf[task])
        {
            oneshots[key] = oneshot;
        }

        return task;
    }
}
