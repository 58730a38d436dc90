namespace Failover;

/// <summary>How urgent something is.</summary>
public enum NotificationSeverity
{
    /// <summary>To know.</summary>
    Info,

    /// <summary>To look at soon.</summary>
    Warning,

    /// <summary>To act on.</summary>
    Critical,
}
