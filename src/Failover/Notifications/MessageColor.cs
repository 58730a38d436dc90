namespace Failover;

/// <summary>The colour beside a message, as <c>#rrggbb</c>.</summary>
internal static class MessageColor
{
    public static string Of(NotificationMessage message) =>
        message.First switch
        {
            { Status: NotificationStatus.Resolved } => "#2e9e5b",
            { Status: NotificationStatus.Event } => "#3b7dd8",
            { Severity: NotificationSeverity.Critical } => "#d13438",
            { Severity: NotificationSeverity.Warning } => "#e8a317",
            _ => "#3b7dd8",
        };
}
