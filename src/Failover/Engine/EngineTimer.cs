namespace Failover;

/// <summary>The one timer of an engine, set to the earliest moment that was asked for. <see cref="Set"/> and <see cref="Clear"/> are
/// called under the lock of the engine.</summary>
/// <param name="clock">The clock of the engine.</param>
/// <param name="elapsed">Called without a lock, when the time has come or a little earlier.</param>
internal sealed class EngineTimer(Clock clock, Action elapsed) : IAsyncDisposable
{
    // A timer of the runtime ends at 49 days.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    private readonly ITimer timer = clock.Time.CreateTimer(
        static elapsed => ((Action)elapsed!)(),
        elapsed,
        Timeout.InfiniteTimeSpan,
        Timeout.InfiniteTimeSpan
    );

    private Instant setTo = Instant.Never;

    /// <summary>Sets it where that is earlier than it is set to: elapsed too early, it is set again.</summary>
    public void Set(Instant next)
    {
        if (next >= setTo)
        {
            return;
        }

        setTo = next;
        Instant now = clock.Now;
        TimeSpan wait = next > now ? next - now : TimeSpan.Zero;
        // Rounded up to the timer's grain: elapsed a moment early, nothing would be due.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        timer.Change(wait < LongestSleep ? wait : LongestSleep, Timeout.InfiniteTimeSpan);
    }

    /// <summary>It has elapsed, and is set to no time.</summary>
    public void Clear() => setTo = Instant.Never;

    /// <summary>Ends it. It may be set nevertheless, to no effect.</summary>
    public ValueTask DisposeAsync() => timer.DisposeAsync();
}
