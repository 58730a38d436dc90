using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>The values of a notification as messages and files spell them.</summary>
internal static class NotificationWords
{
    /// <summary>The topics and their words, in their order.</summary>
    public static ImmutableArray<(string Word, NotificationTopics Topic)> Topics { get; } =
    [
        .. Enum.GetValues<NotificationTopics>()
            .Where(topic => topic is not (NotificationTopics.None or NotificationTopics.All))
            .Select(topic => (Lower(topic.ToString()), topic)),
    ];

    public static string Of(NotificationStatus status) => Lower(status.ToString());

    public static string Of(NotificationSeverity severity) => Lower(severity.ToString());

    public static IEnumerable<string> Of(NotificationTopics topics) =>
        Topics.Where(one => topics.HasFlag(one.Topic)).Select(one => one.Word);

    public static string Of(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

#pragma warning disable CA1308 // Words in files are in lower case.
    private static string Lower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308
}
