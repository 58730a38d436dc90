using System.Collections.Immutable;

namespace Failover;

/// <summary>Notices when this process was not running for a while, so that a deadline that passed meanwhile is not blamed on a
/// target.</summary>
/// <remarks>It watches while something is under observation (<see cref="Begin"/>): at other times a pause makes no difference, and the process
/// sleeps. A tick every 100 ms that comes more than 250 ms late ends a pause. Whoever asks compares the time with the newest tick as well: after
/// a pause, a deadline may be handled before the tick that was due.</remarks>
internal sealed class PauseWatch : IDisposable
{
    /// <summary>From one tick to the next.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>How late a tick may come; above it, it ends a pause.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(250);

    // Above it, the two oldest pauses become one.
    private const int MostPauses = 64;

    private readonly TimeProvider time;
    private readonly Action<Pause>? paused;
    private readonly Ticker ticker;
    private readonly long longestGap;
    private readonly Lock gate = new();
    private bool isStopped;
    private ImmutableArray<Pause> pauses = [];
    private long lastTick;
    private int observed;

    /// <summary>Watches nothing yet.</summary>
    /// <param name="time">The clock of all timestamps.</param>
    /// <param name="loops">The event loops, of which one ticks; null where there are none.</param>
    /// <param name="paused">Called for each pause, once, by whoever noticed it, and under no lock. Several may be reported at once, in
    /// any order; <see cref="Poll"/> has them in theirs.</param>
    public PauseWatch(TimeProvider time, EventLoops? loops = null, Action<Pause>? paused = null)
    {
        (this.time, this.paused) = (time, paused);
        longestGap = (Interval + Tolerance).Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond;
        ticker = new(time, loops, Interval, Tick, isWanted: () => Volatile.Read(ref observed) > 0);
    }

    /// <summary>Something is under observation from now on.</summary>
    /// <param name="since">When the process was last seen running: a timestamp not long before now.</param>
    /// <param name="count">How many such things; each has an <see cref="End"/> of its own.</param>
    public void Begin(long since, int count = 1)
    {
        lock (gate)
        {
            if (observed == 0)
            {
                Volatile.Write(ref lastTick, since);
            }

            Volatile.Write(ref observed, observed + count);
        }

        ticker.Start();
    }

    /// <summary>One such thing is under observation no longer. A pause that ended just now is noticed by <see cref="Poll"/>, before this.</summary>
    public void End()
    {
        lock (gate)
        {
            Volatile.Write(ref observed, observed - 1);
        }
    }

    /// <summary>The newest pauses, oldest first, one included that ended just now. Costs one reading of the clock where there is
    /// none to add.</summary>
    public ImmutableArray<Pause> Poll()
    {
        if (Volatile.Read(ref observed) > 0 && time.GetTimestamp() - Volatile.Read(ref lastTick) > longestGap)
        {
            Tick();
        }

        lock (gate)
        {
            return pauses;
        }
    }

    /// <summary>Whether the process paused at any time between two timestamps; a pause that ended just now counts.</summary>
    /// <param name="started">A timestamp of this watch's clock.</param>
    /// <param name="ended">Another one, not before <paramref name="started"/>.</param>
    public bool Overlaps(long started, long ended)
    {
        foreach (Pause pause in Poll())
        {
            if (pause.Overlaps(started, ended))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Ends the ticks. The pauses that were noticed remain; no more are noticed.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isStopped = true;
        }

        ticker.Dispose();
    }

    private void Tick()
    {
        Pause? noticed = null;
        lock (gate)
        {
            long now = time.GetTimestamp();
            if (now - lastTick > longestGap && observed > 0 && !isStopped)
            {
                noticed = Add(lastTick, now);
            }

            Volatile.Write(ref lastTick, now);
        }

        if (noticed is { } pause)
        {
            paused?.Invoke(pause);
        }
    }

    private Pause Add(long from, long to)
    {
        Pause pause = new(pauses.IsEmpty ? 1 : pauses[^1].Number + 1, from, to);
        pauses =
            pauses.Length < MostPauses
                ? pauses.Add(pause)
                : [pauses[1] with { From = pauses[0].From }, .. pauses.AsSpan()[2..], pause];
        return pause;
    }
}
