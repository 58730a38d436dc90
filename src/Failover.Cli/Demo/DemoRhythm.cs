namespace Failover;

/// <summary>How fast the demo goes.</summary>
/// <param name="Up">For how long a target is up.</param>
/// <param name="Down">For how long it is down then.</param>
/// <param name="Poll">How often each component is polled. The examples' times are multiples of it.</param>
internal sealed record DemoRhythm(TimeSpan Up, TimeSpan Down, TimeSpan Poll)
{
    // The longest threshold is 20 polls, which is less than the time for which a target is down.
    /// <summary>Slow enough to be followed, and nobody waits for a minute.</summary>
    public static DemoRhythm ForPeople { get; } =
        new(TimeSpan.FromSeconds(32), TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(0.5));
}
