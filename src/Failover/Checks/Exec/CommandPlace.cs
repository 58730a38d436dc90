namespace Failover;

/// <summary>What came of waiting for a place for a command.</summary>
/// <param name="IsTaken">Whether there is one.</param>
/// <param name="WaitedFor">What it had to wait for, in words; null where it was free at once.</param>
internal readonly record struct CommandPlace(bool IsTaken, string? WaitedFor);
