namespace Failover;

/// <summary>How a guard is at a moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Members">How many components it guards.</param>
/// <param name="Failing">How many of them fail.</param>
/// <param name="MostFailing">How many may.</param>
/// <param name="IsTripped">Whether more fail than may.</param>
/// <param name="HoldsUntil">Until when moves to fail are delayed; null where they are not.</param>
internal readonly record struct GuardSnapshot(
    string Name,
    int Members,
    int Failing,
    int MostFailing,
    bool IsTripped,
    Instant? HoldsUntil
);
