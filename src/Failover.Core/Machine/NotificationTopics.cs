namespace Failover;

/// <summary>What a notification is about; it may be about several.</summary>
[Flags]
public enum NotificationTopics
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A component serves another state.</summary>
    State = 1,

    /// <summary>A component is latched.</summary>
    Latch = 1 << 1,

    /// <summary>The state of a component is unknown, whatever it serves meanwhile: a result is too old, or a fault of this machine.</summary>
    Error = 1 << 2,

    /// <summary>A component is ok with a warning, as a certificate that expires soon.</summary>
    Warning = 1 << 3,

    /// <summary>An override began, ended, or is about to end.</summary>
    Override = 1 << 4,

    /// <summary>A guard was tripped.</summary>
    Guard = 1 << 5,

    /// <summary>A configuration was rejected.</summary>
    Reload = 1 << 6,

    /// <summary>What is to outlive the process cannot be stored.</summary>
    Store = 1 << 7,

    /// <summary>All of them.</summary>
    All = (1 << 8) - 1,
}
