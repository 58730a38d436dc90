using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>The index: every kind of task, checks first, then combinators.</summary>
public static class TaskKinds
{
    /// <summary>All kinds, in the order in which the reference shows them.</summary>
    public static ImmutableArray<TaskKind> All { get; } =
    [
        // Checks: probe targets.
        TcpCheck.Kind,
        HttpCheck.Kind,
        TlsCheck.Kind,
        DnsCheck.Kind,
        GrpcCheck.Kind,
        ExecCheck.Kind,
        PingCheck.Kind,
        FileCheck.Kind,
        DelegateCheck.Kind,
        // Combinators: judge, or hold what came to them.
        HeartbeatCheck.Kind,
        Hysteresis.Kind,
        Toggle.Kind,
        Oneshot.Kind,
        Background.Kind,
        Failover.All.Kind,
        Any.Kind,
        Not.Kind,
        AtLeast.Kind,
        Within.Kind,
        Flapping.Kind,
        Depends.Kind,
        Deadline.Kind,
        Cache.Kind,
    ];
}
