using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>How much something in a log matters.</summary>
internal enum Severity
{
    /// <summary>What is going on.</summary>
    Info,

    /// <summary>An action of a user, or a recovery.</summary>
    Notice,

    /// <summary>What may need an operator.</summary>
    Warning,

    /// <summary>What does not work.</summary>
    Error,
}

/// <summary>Something to be logged.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Lines">What it says, in one line or several; of an event, nothing. Neither escaped nor cut: secrets are still to be taken
/// out, and a part of one would not be found.</param>
/// <param name="Event">What happened to a component; null where it is about the whole.</param>
internal sealed record LogEntry(Severity Severity, ImmutableArray<string> Lines, HealthEvent? Event = null)
{
    /// <summary>Which of <see cref="LogEvents"/>, or an id of the library's that <see cref="Category"/> names.</summary>
    public EventId Id { get; init; }

    /// <summary>The logger's category where it is not ours, as the web server's; else null.</summary>
    public string? Category { get; init; }

    /// <summary>Whether it is what a server says of itself at the start: for people, without the time.</summary>
    public bool IsBanner { get; init; }

    /// <summary>What the platform calls that severity. It has no notices.</summary>
    public LogLevel Level =>
        Severity switch
        {
            Severity.Info or Severity.Notice => LogLevel.Information,
            Severity.Warning => LogLevel.Warning,
            Severity.Error => LogLevel.Error,
            _ => throw new InvalidOperationException($"no such severity: {Severity}"),
        };

    public static LogEntry Of(HealthEvent happened) =>
        new(
            happened switch
            {
                StateChange { To: HealthState.Ok } => Severity.Notice,
                StateChange { To: HealthState.Error } => Severity.Error,
                GuardChange { Step: GuardStep.Over or GuardStep.Released } => Severity.Notice,
                OverrideChange { Step: OverrideStep.Set or OverrideStep.Cleared } => Severity.Notice,
                MaintenanceChange { Step: MaintenanceStep.Opened or MaintenanceStep.Closed } => Severity.Notice,
                PostAudit post when Answer.IsDone(post.Outcome) => Severity.Notice,
                _ => Severity.Warning,
            },
            Lines: [],
            happened
        )
        {
            Id = happened switch
            {
                PostAudit => LogEvents.PostAnswered,
                GuardChange => LogEvents.GuardChanged,
                OverrideChange => LogEvents.OverrideChanged,
                MaintenanceChange => LogEvents.MaintenanceChanged,
                _ => LogEvents.StateChanged,
            },
        };

    /// <summary>The same with every text of it changed, as to keep secrets out.</summary>
    public LogEntry With(Func<string, string> change) =>
        this with
        {
            Lines = [.. Lines.Select(change)],
            Event = Event switch
            {
                StateChange moved => moved with { Component = change(moved.Component), Reason = change(moved.Reason) },
                PostAudit post => post with
                {
                    Component = change(post.Component),
                    User = post.User is null ? null : change(post.User),
                    Source = change(post.Source),
                    Outcome = change(post.Outcome),
                },
                OverrideChange overriding => overriding with
                {
                    Override = overriding.Override with { Reason = change(overriding.Override.Reason) },
                },
                MaintenanceChange maintained => maintained with
                {
                    Window = maintained.Window with { Reason = change(maintained.Window.Reason) },
                },
                _ => Event,
            },
        };
}

/// <summary>Makes the line of a log, or the lines, without the last one's end, of what is logged and of when that is.</summary>
internal delegate string LineFormat(LogEntry entry, DateTimeOffset at);
