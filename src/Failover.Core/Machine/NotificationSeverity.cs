namespace Failover;

/// <summary>How urgent something is.</summary>
public enum NotificationSeverity
{
    /// <summary>For information.</summary>
    Info,

    /// <summary>Needs attention soon.</summary>
    Warning,

    /// <summary>Needs action now.</summary>
    Critical,
}
