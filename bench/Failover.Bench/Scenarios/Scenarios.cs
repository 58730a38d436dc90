namespace Failover;

/// <summary>All that is measured, in the order in which it is.</summary>
internal static class Scenarios
{
    /// <summary>What <c>--only</c> calls it, and what measures it and gives its tables.</summary>
    public static IReadOnlyList<(string Name, Func<Bench, Task<string>> RunAsync)> All { get; } =
    [
        ("http", HttpScenario.RunAsync),
        ("pollers", PollersScenario.RunAsync),
        ("tail", TailScenario.RunAsync),
        ("ondemand", OnDemandScenario.RunAsync),
        ("background", BackgroundScenario.RunAsync),
        ("httpchecks", HttpCheckScenario.RunAsync),
        ("lateness", LatenessScenario.RunAsync),
        ("starts", StartScenario.RunAsync),
        ("reload", ReloadScenario.RunAsync),
        ("idle", IdleScenario.RunAsync),
        ("scaling", ScalingScenario.RunAsync),
        ("syscalls", SyscallScenario.RunAsync),
        ("metrics", MetricsScenario.RunAsync),
        ("storm", StormScenario.RunAsync),
        ("page", PageScenario.RunAsync),
    ];
}
