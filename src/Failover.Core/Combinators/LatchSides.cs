namespace Failover;

/// <summary>The children of a combinator that latches.</summary>
/// <param name="SetBy">The index of the one whose fail sets the latch, and which holds it while it is latched itself.</param>
/// <param name="ReleasedBy">The index of the one whose ok releases it.</param>
internal readonly record struct LatchSides(int SetBy, int ReleasedBy);

/// <summary>A fire that waits to be used.</summary>
/// <param name="Component">The component that it belongs to; empty where a version before 0.2 stored it: then any.</param>
/// <param name="Until">The last moment at which it can be used.</param>
internal readonly record struct PendingFire(string Component, Instant Until);
