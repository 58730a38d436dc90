using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Failover;

/// <summary>How the daemon and all its components are: <c>/-/api/v1/status</c>.</summary>
/// <param name="Version">The version of the program.</param>
/// <param name="StartedAt">When the process began to serve, by the wall clock.</param>
/// <param name="Uptime">How long ago that was, by a clock that does not jump.</param>
/// <param name="Configuration">What it runs from.</param>
/// <param name="StateStore">Where it keeps what has to last.</param>
/// <param name="Components">In the order of the file.</param>
/// <param name="Guards">The guards of components.</param>
/// <param name="History">Where it keeps latencies and times by minute and hour.</param>
/// <param name="Notifications">How the routes of notifications are.</param>
internal sealed record StatusDocument(
    string Version,
    DateTimeOffset StartedAt,
    [property: JsonPropertyName("uptime_seconds")] TimeSpan Uptime,
    ConfigurationStatus Configuration,
    StateStoreStatus StateStore,
    ImmutableArray<ComponentStatus> Components,
    IReadOnlyList<GuardStatus>? Guards = null,
    HistoryStatus? History = null,
    IReadOnlyList<NotificationRouteStatus>? Notifications = null
);

/// <summary>The guard of a group of components.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Members">How many components it guards.</param>
/// <param name="Failing">How many of them fail.</param>
/// <param name="MostFailing">How many may; more trip the guard.</param>
/// <param name="IsTripped">Whether more fail than may.</param>
/// <param name="DelaysUntil">Until when moves to fail are delayed, by the wall clock; null where they are not.</param>
/// <param name="CanRelease">Whether it has users who may end the delay.</param>
internal sealed record GuardStatus(
    string Name,
    int Members,
    int Failing,
    int MostFailing,
    bool IsTripped,
    DateTimeOffset? DelaysUntil,
    bool CanRelease = false
);

/// <summary>The configuration that is served, and what became of the newest one.</summary>
/// <param name="File">The file that it was read from.</param>
/// <param name="LoadedAt">When what is served was read.</param>
/// <param name="Error">Why the newest file is not what is served, as <c>failover check</c> says it, of one line or several;
/// null where it is.</param>
/// <param name="Pending">What the file says that needs a restart, in a sentence each.</param>
internal sealed record ConfigurationStatus(
    string File,
    DateTimeOffset LoadedAt,
    string? Error,
    ImmutableArray<string> Pending
);

/// <summary>Where state is kept.</summary>
/// <param name="Kind"><c>sqlite</c> or <c>memory</c>.</param>
/// <param name="File">The file; null where there is none.</param>
/// <param name="Problem">Why it does not store at present, or what was lost; null where all is well.</param>
internal sealed record StateStoreStatus(string Kind, string? File, string? Problem);

/// <summary>Where latencies and times by minute and hour are kept.</summary>
/// <param name="Kind"><c>sqlite</c>, <c>memory</c> or <c>off</c>.</param>
/// <param name="File">The file; null where there is none.</param>
/// <param name="Problem">Why they are not stored at present; null where all is well.</param>
internal sealed record HistoryStatus(string Kind, string? File, string? Problem);

/// <summary>One component in the list of all.</summary>
/// <param name="Name">The path without its leading slash.</param>
/// <param name="State">What it serves; of one that is evaluated by requests, what it served last.</param>
/// <param name="Reason">Why. May be empty.</param>
/// <param name="Since">When it came to that state, by the wall clock; null where it is unknown.</param>
/// <param name="IsLatched">Whether a toggle in it holds a fail until a reset.</param>
/// <param name="CanReset">Whether a POST would reset it now.</param>
/// <param name="Task">Its task, in one line.</param>
/// <param name="PostProblem">What is wrong with the password file that guards its POST, which is therefore answered with 503, at once
/// or in a few seconds; null where nothing is, and where POST is not allowed.</param>
/// <param name="LatchProblem">Why no POST can reset its latch, and how to mend that; null where one can, or where it has none.</param>
/// <param name="LastProbe">When the newest probe of its checks ended, by the wall clock; null where none has.</param>
/// <param name="NextProbe">When the next probe in the background or the next beat is due, which is past where a beat is overdue; null where
/// requests alone probe.</param>
/// <param name="FreshState">Its state by the newest results of its checks alone, as <c>failover probe</c> has it; null where a check has
/// not been probed.</param>
/// <param name="HasWarning">Whether it is ok by an observation with a warning, which the reason says.</param>
/// <param name="PerformanceData">Figures of that observation, as a Nagios plugin writes them. May be empty.</param>
/// <param name="HandledError">Why its state is unknown, where <c>on_error</c> has another one served; null where it is known, or served as
/// an error.</param>
/// <param name="IsGuarded">Whether it is an ok that its guard holds although the component is judged fail.</param>
/// <param name="Override">The override that it serves; null where none is in force.</param>
/// <param name="Beneath">What it would serve without that.</param>
/// <param name="Maintenance">The maintenance window that it is in; null where none is open.</param>
internal sealed record ComponentStatus(
    string Name,
    HealthState State,
    string Reason,
    DateTimeOffset? Since,
    bool IsLatched,
    bool CanReset,
    string Task,
    string? PostProblem = null,
    string? LatchProblem = null,
    DateTimeOffset? LastProbe = null,
    DateTimeOffset? NextProbe = null,
    HealthState? FreshState = null,
    bool HasWarning = false,
    string PerformanceData = "",
    [property: JsonPropertyName("error")] string? HandledError = null,
    bool IsGuarded = false,
    OverrideDocument? Override = null,
    BeneathDocument? Beneath = null,
    MaintenanceDocument? Maintenance = null
);
