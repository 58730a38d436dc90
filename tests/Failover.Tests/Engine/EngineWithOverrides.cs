namespace Failover;

/// <summary>Sets and clears overrides as alice, and says what has happened to them.</summary>
internal static class EngineWithOverrides
{
    public static PostAudit Audit(string outcome = "override") => new("component-0", "alice", "192.0.2.9", outcome);

    public static OverrideRequest Request(OverrideKind kind, TimeSpan? lasts = null) =>
        new(kind, "disk is replaced", lasts ?? Hour(1), Audit());

    public static async Task<OperationOutcome> SetAsync(
        EngineUnderTest test,
        Component component,
        OverrideKind kind,
        TimeSpan? lasts = null
    ) => (await test.Engine.SetOverrideAsync(component, Request(kind, lasts))).Outcome;

    public static async Task<OperationOutcome> ClearAsync(EngineUnderTest test, Component component) =>
        (await test.Engine.ClearOverrideAsync(component.Name, epoch: null, Audit())).Outcome;

    public static async Task<OverrideStep[]> Steps(EngineUnderTest test) =>
        [.. (await test.EventsAsync()).OfType<OverrideChange>().Select(change => change.Step)];

    /// <summary>Starts a component whose checks are probed every 10 s.</summary>
    public static async Task<Component> StartLoopAsync(EngineUnderTest test, HealthTask task, Oneshot? onPost = null)
    {
        HealthTask looped = task switch
        {
            Toggle toggle => new Toggle(new Background(toggle.ToFail, Second(10)), toggle.ToOk),
            _ => new Background(task, Second(10)),
        };
        Component component = test.Add(looped, onPost: onPost);
        await test.StartAsync();
        return component;
    }
}
