using System.Collections.Immutable;

namespace Failover;

/// <summary>What is sent at once: one notification, or several that came in quick succession.</summary>
/// <param name="Route">The name of the route.</param>
/// <param name="Instance">The name of this instance.</param>
/// <param name="Link">The address of the page; null where it is not said.</param>
/// <param name="All">The notifications, in their order; at least one.</param>
internal sealed record NotificationMessage(
    string Route,
    string Instance,
    string? Link,
    ImmutableArray<Notification> All
)
{
    private const int MostListed = 20;

    /// <summary>The only one, or of several the most urgent: what is wrong before what is over, the newest last.</summary>
    public Notification First =>
        All.OrderByDescending(one => one.Status == NotificationStatus.Firing)
            .ThenByDescending(one => one.Severity)
            .First();

    /// <summary>When this is sent, by the wall clock.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>In a few words, as a subject of an e-mail.</summary>
    public string Title =>
        All is [var one]
            ? TitleOf(one)
            : FormattableString.Invariant($"{All.Length} notifications, the most urgent: {TitleOf(First)}");

    /// <summary>All of it, for people, a line for each.</summary>
    public string Text => string.Join('\n', Lines);

    /// <summary>The lines of <see cref="Text"/>.</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            if (All is [var one])
            {
                return LinesOf(one);
            }

            IEnumerable<string> listed = All.TakeLast(MostListed).Select(LineOf);
            return All.Length > MostListed
                ? listed.Prepend(FormattableString.Invariant($"{All.Length - MostListed} more, and then:"))
                : listed;
        }
    }

    /// <summary>What it is about, with its state in front: <c>FAIL mail-u5 (latched)</c>.</summary>
    public static string TitleOf(Notification told)
    {
        string what = told.Component ?? told.Subject;
        return told switch
        {
            { Status: NotificationStatus.Event } => $"{what}: {told.Reason}",
            { State: null, Status: NotificationStatus.Resolved } => $"OK {what}",
            { State: null } => $"{WordOf(told.Severity)} {what}",
            { State: HealthState.Ok, Status: NotificationStatus.Firing } => $"WARNING {what}",
            { State: { } state } => $"{state.Word().ToUpperInvariant()} {what}{(told.IsLatched ? " (latched)" : "")}",
        };
    }

    /// <summary>The same, and why, in one line.</summary>
    public static string LineOf(Notification told) =>
        told.Status == NotificationStatus.Event || told.Reason.Length == 0
            ? TitleOf(told)
            : $"{TitleOf(told)}: {told.Reason}";

    private IEnumerable<string> LinesOf(Notification told)
    {
        if (told.Reason.Length > 0)
        {
            yield return told.Reason;
        }

        if (told.Status == NotificationStatus.Resolved)
        {
            yield return $"It lasted {Units.Text(Rounded(told.At - told.Since))}.";
        }
        else if (told.IsLatched)
        {
            yield return "It is latched: only a reset ends it.";
        }

        yield return FormattableString.Invariant($"At {told.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC on {Instance}.");
    }

    private static TimeSpan Rounded(TimeSpan time) =>
        time < TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));

    private static string WordOf(NotificationSeverity severity) => NotificationWords.Of(severity).ToUpperInvariant();
}
