namespace Failover;

/// <summary>What is served in a story: two components, each with a toggle of its own, with one that they share, or without.</summary>
/// <param name="Mail">The task of the component <c>mail</c>.</param>
/// <param name="Relay">The task of the component <c>relay</c>.</param>
/// <param name="IsSharedDriven">Whether a loop looks for the toggle that is shared.</param>
internal sealed record LatchLayout(LatchShape Mail, LatchShape Relay, bool IsSharedDriven)
{
    /// <summary>The name that the shared toggle goes by, and what looks for it.</summary>
    public const string Shared = "latch";

    public static IReadOnlyList<string> Components { get; } = ["mail", "relay"];

    public IEnumerable<string> Served() => Components.Where(component => ShapeOf(component) != LatchShape.Absent);

    public LatchShape ShapeOf(string component) => component == "mail" ? Mail : Relay;

    /// <summary>What the toggle of a component is known by; null where it has none.</summary>
    public string? ToggleOf(string component) =>
        ShapeOf(component) switch
        {
            LatchShape.Absent or LatchShape.WithoutToggle => null,
            >= LatchShape.Shared => Shared,
            _ => component,
        };

    /// <summary>The components that serve a toggle.</summary>
    public IEnumerable<string> At(string toggle) => Components.Where(component => ToggleOf(component) == toggle);

    /// <summary>Whether it shows what its toggle shows an interval later, where somebody else has the toggle moved.</summary>
    public bool LagsBehind(string component) => ShapeOf(component) is LatchShape.LoopOfShared or LatchShape.DeepShared;
}

/// <summary>Where a component has its toggle, and where loops stand.</summary>
internal enum LatchShape
{
    Absent,
    WithoutToggle,
    OnDemand,
    OfLoop,
    Loop,
    OfJudged,
    LoopOfJudging,
    JudgingLoop,
    Shared,
    JudgingShared,
    LoopOfShared,
    DeepShared,
}

/// <summary>The tasks of a layout.</summary>
internal sealed class LatchTrees
{
    private readonly Dictionary<string, Oneshot> resets = new(StringComparer.Ordinal);
    private readonly Func<string, ScriptedCheck> checkOf;
    private readonly LatchLayout layout;
    private readonly Toggle shared;

    public LatchTrees(LatchLayout layout, Func<string, ScriptedCheck> checkOf)
    {
        this.layout = layout;
        this.checkOf = checkOf;
        ScriptedCheck check = checkOf(LatchLayout.Shared);
        shared = new(layout.IsSharedDriven ? Loop(check) : check, ResetOf(LatchLayout.Shared));
        Names = new Dictionary<HealthTask, string>(ReferenceEqualityComparer.Instance)
        {
            [shared] = LatchLayout.Shared,
        };
        Components = [.. layout.Served().Select(component => (component, TaskOf(component)))];
    }

    public IReadOnlyDictionary<HealthTask, string> Names { get; }

    public (string Name, HealthTask Task)[] Components { get; }

    /// <summary>What resets a toggle.</summary>
    public Oneshot ResetOf(string toggle)
    {
        resets.TryAdd(toggle, new Oneshot());
        return resets[toggle];
    }

    private static Background Loop(HealthTask task) => new(task, Second(1));

    private HealthTask TaskOf(string component)
    {
        ScriptedCheck check = checkOf(component);
        Toggle Latch(HealthTask toFail) => new(toFail, ResetOf(component));
        return layout.ShapeOf(component) switch
        {
            LatchShape.WithoutToggle => new Hysteresis(check),
            LatchShape.OnDemand => Latch(check),
            LatchShape.OfLoop => Latch(Loop(check)),
            LatchShape.Loop => Loop(Latch(check)),
            LatchShape.OfJudged => Latch(new Hysteresis(check, failAfter: Count(2))),
            LatchShape.LoopOfJudging => Loop(new Hysteresis(Latch(check))),
            LatchShape.JudgingLoop => new Hysteresis(Loop(Latch(check))),
            LatchShape.Shared => shared,
            LatchShape.JudgingShared => new Hysteresis(shared),
            LatchShape.LoopOfShared => Loop(shared),
            LatchShape.DeepShared => Loop(new Hysteresis(shared)),
            LatchShape.Absent => throw new InvalidOperationException($"{component} is not served"),
            _ => throw new InvalidOperationException($"no such shape in {layout}"),
        };
    }
}
