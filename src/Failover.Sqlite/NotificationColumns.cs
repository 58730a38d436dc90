namespace Failover;

/// <summary>A notification in the columns of a state file.</summary>
internal static class NotificationColumns
{
    private const char Separator = ',';

    private static readonly NotificationTopics[] Topics =
    [
        .. Enum.GetValues<NotificationTopics>()
            .Where(topic => topic is not (NotificationTopics.None or NotificationTopics.All)),
    ];

    /// <summary>The names of the columns, the subject first.</summary>
    public static string[] Names { get; } =
    [
        "subject",
        "id",
        "alarm",
        "status",
        "topics",
        "severity",
        "reason",
        "at",
        "since",
        "component",
        "state",
        "before_state",
        "is_latched",
    ];

    /// <summary>What they hold.</summary>
    public static string?[] Of(Notification told) =>
        [
            told.Subject,
            told.Id,
            told.Alarm,
            Word(told.Status),
            string.Join(Separator, Topics.Where(topic => told.Topic.HasFlag(topic)).Select(Word)),
            Word(told.Severity),
            told.Reason,
            StateTime.Text(told.At),
            StateTime.Text(told.Since),
            told.Component,
            told.State is { } state ? StateText.Of(state) : null,
            told.Before is { } before ? StateText.Of(before) : null,
            StateText.Of(told.IsLatched),
        ];

    /// <summary>The notification that a row holds.</summary>
    /// <param name="row">The row.</param>
    /// <param name="subject">Its subject.</param>
    /// <param name="first">The index of what comes behind the subject.</param>
    /// <exception cref="StateDamage">It holds none.</exception>
    public static Notification Read(SqliteStatement row, string subject, int first) =>
        new(
            row.Text(first),
            row.Text(first + 1),
            Value<NotificationStatus>(row.Text(first + 2)),
            row.Text(first + 3)
                .Split(Separator, StringSplitOptions.RemoveEmptyEntries)
                .Aggregate(NotificationTopics.None, (all, one) => all | Value<NotificationTopics>(one)),
            Value<NotificationSeverity>(row.Text(first + 4)),
            subject,
            row.Text(first + 5),
            StateTime.Read(row.Text(first + 6))
        )
        {
            Since = StateTime.Read(row.Text(first + 7)),
            Component = row.IsNull(first + 8) ? null : row.Text(first + 8),
            State = row.IsNull(first + 9) ? null : StateText.State(row.Text(first + 9)),
            Before = row.IsNull(first + 10) ? null : StateText.State(row.Text(first + 10)),
            IsLatched = row.Number(first + 11) != 0,
        };

    // Words in the file are in lower case.
#pragma warning disable CA1308
    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    private static T Value<T>(string word)
        where T : struct, Enum =>
        Enum.GetValues<T>().Where(value => Word(value) == word).Select(value => (T?)value).FirstOrDefault()
        ?? throw new StateDamage($"{Printable.Quoted(word)} is no {typeof(T).Name}");
}
