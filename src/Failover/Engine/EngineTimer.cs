namespace Failover;

/// <summary>The one timer of an engine, set to the earliest moment that was asked for. <see cref="Set"/> and <see cref="Clear"/> are
/// called under the lock of the engine.</summary>
internal sealed class EngineTimer : IAsyncDisposable
{
    // A timer of the runtime ends at 49 days.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(3);

    private readonly Clock clock;

    // One of them is there.
    private readonly LoopTimer? onLoop;
    private readonly ITimer? onPool;

    private Instant setTo = Instant.Never;

    /// <summary>Set to no time.</summary>
    /// <param name="clock">The clock of the engine.</param>
    /// <param name="elapsed">Called without a lock, when the time has come or a little earlier.</param>
    /// <param name="loops">The event loops, of which one calls it; null where there are none: the pool does.</param>
    public EngineTimer(Clock clock, Action elapsed, EventLoops? loops = null)
    {
        this.clock = clock;
        if (OperatingSystem.IsLinux() && loops is not null)
        {
            onLoop = new(loops.First, elapsed);
        }
        else
        {
            onPool = clock.Time.CreateTimer(
                static elapsed => ((Action)elapsed!)(),
                elapsed,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan
            );
        }
    }

    /// <summary>Sets it where that is earlier than it is set to: elapsed too early, it is set again.</summary>
    public void Set(Instant next)
    {
        next = onPool is null ? RoundedUp(next) : next;
        if (next >= setTo)
        {
            return;
        }

        setTo = next;
        Instant now = clock.Now;
        TimeSpan wait = next > now ? next - now : TimeSpan.Zero;
        // Rounded up to the grain of the pool's timers: elapsed a moment early, nothing would be due.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        wait = wait < LongestSleep ? wait : LongestSleep;
        onPool?.Change(wait, Timeout.InfiniteTimeSpan);
        if (OperatingSystem.IsLinux())
        {
            onLoop?.Set(wait);
        }
    }

    // What is due within one grain is done in one turn: to wake for each of a thousand checks a second costs more than the checks.
    private static Instant RoundedUp(Instant next)
    {
        long ticks = next.SinceStart.Ticks;
        return ticks > long.MaxValue - Grain.Ticks
            ? next
            : new(new TimeSpan((ticks + Grain.Ticks - 1) / Grain.Ticks * Grain.Ticks));
    }

    /// <summary>It has elapsed, and is set to no time.</summary>
    public void Clear() => setTo = Instant.Never;

    /// <summary>Ends it. It may be set nevertheless, to no effect.</summary>
    public ValueTask DisposeAsync()
    {
        if (OperatingSystem.IsLinux())
        {
            onLoop?.End();
        }

        return onPool?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
