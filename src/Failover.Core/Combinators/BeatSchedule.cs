namespace Failover;

/// <summary>When beats came, and have to come.</summary>
/// <param name="Last">When the newest came to this process; null where none has.</param>
/// <param name="Next">When the next is due without any grace, for people; in silence, when the newest of those that were missed was.</param>
/// <param name="Due">The last moment at which the next is in time: after it, silence is judged.</param>
internal readonly record struct BeatSchedule(Instant? Last, Instant Next, Instant Due);
