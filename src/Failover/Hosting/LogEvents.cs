using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>The events of the log. Ids and names do not change: filters and alerts rest on them (docs/guide/operations.md).</summary>
internal static class LogEvents
{
    public static readonly EventId StateChanged = new(1, nameof(StateChanged));
    public static readonly EventId PostAnswered = new(2, nameof(PostAnswered));
    public static readonly EventId EventsMissed = new(3, nameof(EventsMissed));
    public static readonly EventId LinesDropped = new(4, nameof(LinesDropped));
    public static readonly EventId GuardChanged = new(5, nameof(GuardChanged));
    public static readonly EventId OverrideChanged = new(6, nameof(OverrideChanged));
    public static readonly EventId MaintenanceChanged = new(7, nameof(MaintenanceChanged));

    public static readonly EventId Started = new(10, nameof(Started));
    public static readonly EventId Listening = new(11, nameof(Listening));
    public static readonly EventId ListeningEnded = new(12, nameof(ListeningEnded));
    public static readonly EventId Stopping = new(13, nameof(Stopping));
    public static readonly EventId LatchedAtStart = new(14, nameof(LatchedAtStart));
    public static readonly EventId SocketUnused = new(15, nameof(SocketUnused));

    public static readonly EventId Reloaded = new(20, nameof(Reloaded));
    public static readonly EventId ReloadRejected = new(21, nameof(ReloadRejected));
    public static readonly EventId RestartNeeded = new(22, nameof(RestartNeeded));
    public static readonly EventId ConfigurationWarning = new(23, nameof(ConfigurationWarning));

    public static readonly EventId StateStore = new(30, nameof(StateStore));
    public static readonly EventId PasswordFile = new(31, nameof(PasswordFile));
    public static readonly EventId Certificate = new(32, nameof(Certificate));
    public static readonly EventId Connections = new(33, nameof(Connections));
    public static readonly EventId ThreadPool = new(34, nameof(ThreadPool));
    public static readonly EventId RuntimeFile = new(35, nameof(RuntimeFile));
    public static readonly EventId History = new(36, nameof(History));
    public static readonly EventId AgentCheck = new(37, nameof(AgentCheck));
    public static readonly EventId TrackFiles = new(38, nameof(TrackFiles));
    public static readonly EventId MetricsExport = new(39, nameof(MetricsExport));
    public static readonly EventId Notifications = new(40, nameof(Notifications));

    public static readonly EventId Demo = new(50, nameof(Demo));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<EventId> All { get; } =
    [
        StateChanged,
        PostAnswered,
        EventsMissed,
        LinesDropped,
        GuardChanged,
        OverrideChanged,
        MaintenanceChanged,
        Started,
        Listening,
        ListeningEnded,
        Stopping,
        LatchedAtStart,
        SocketUnused,
        Reloaded,
        ReloadRejected,
        RestartNeeded,
        ConfigurationWarning,
        StateStore,
        PasswordFile,
        Certificate,
        Connections,
        ThreadPool,
        RuntimeFile,
        History,
        AgentCheck,
        TrackFiles,
        MetricsExport,
        Notifications,
        Demo,
    ];
}
