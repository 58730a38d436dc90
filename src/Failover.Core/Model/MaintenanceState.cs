namespace Failover;

/// <summary>What components serve while a maintenance window is open.</summary>
/// <remarks>There is no ok: a schedule cannot know whether a target is up, and one that is forgotten would hide an outage. A person who
/// has checked can say so, for a limited time, by an override.</remarks>
public enum MaintenanceState
{
    /// <summary>What they are judged to be. The window marks the component alone.</summary>
    Judged,

    /// <summary>The last definite state that they served when the window opened; as they are judged where nothing was known, until something
    /// is.</summary>
    Hold,

    /// <summary>Fail: load balancers take the traffic elsewhere.</summary>
    Fail,
}
