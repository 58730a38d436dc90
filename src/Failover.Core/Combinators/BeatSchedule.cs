namespace Failover;

/// <summary>When beats came, and have to come.</summary>
/// <param name="Last">When the newest came to this process; null where none has.</param>
/// <param name="Due">The last moment at which the next is in time: after it, silence is judged.</param>
internal readonly record struct BeatSchedule(Instant? Last, Instant Due);
