using System.Collections.Immutable;

namespace Failover;

/// <summary>Notices when this process was not running for a while, so that a deadline that passed meanwhile is not blamed on a
/// target.</summary>
/// <remarks>A tick every 100 ms that comes more than 250 ms late ends a pause. Whoever asks compares the time with the newest
/// tick as well: after a pause, a deadline may be handled before the tick that was due.</remarks>
internal sealed class PauseWatch : IDisposable
{
    /// <summary>From one tick to the next.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>How late a tick may come; above it, it ends a pause.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(250);

    // Above it, the two oldest pauses become one.
    private const int MostPauses = 64;
    private const int StackSize = 128 * 1024;

    private readonly TimeProvider time;
    private readonly Action<Pause>? paused;
    private readonly long longestGap;

    // An object, not a Lock: the thread waits for its next tick with it.
    private readonly object gate = new();
    private readonly ITimer? timer;
    private bool isStopped;
    private ImmutableArray<Pause> pauses = [];
    private long lastTick;

    private PauseWatch(TimeProvider time, Action<Pause>? paused, bool hasThread)
    {
        this.time = time;
        this.paused = paused;
        longestGap = (Interval + Tolerance).Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond;
        lastTick = time.GetTimestamp();
        if (hasThread)
        {
            new Thread(TickUntilStopped, StackSize)
            {
                IsBackground = true,
                Name = "Failover pause watch",
            }.UnsafeStart();
        }
        else
        {
            timer = time.CreateTimer(_ => Tick(), state: null, Interval, Interval);
        }
    }

    /// <summary>Watches from now on: from a thread of its own where the clock is the machine's, as the pool may be starved; from
    /// a timer of <paramref name="time"/> where it is another, as in tests.</summary>
    /// <param name="time">The clock of all timestamps.</param>
    /// <param name="paused">Called for each pause, once, by whoever noticed it, and under no lock. Several may be reported at once, in
    /// any order; <see cref="Poll"/> has them in theirs.</param>
    public static PauseWatch Start(TimeProvider time, Action<Pause>? paused = null) =>
        new(time, paused, hasThread: time is BootTime || time == TimeProvider.System);

    /// <summary>The newest pauses, oldest first, one included that ended just now. Costs one reading of the clock where there is
    /// none to add.</summary>
    public ImmutableArray<Pause> Poll()
    {
        if (time.GetTimestamp() - Volatile.Read(ref lastTick) > longestGap)
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

    /// <summary>Ends the thread or the timer. The pauses that were noticed remain; no more are noticed.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isStopped = true;
            Monitor.PulseAll(gate);
        }

        timer?.Dispose();
    }

    private void TickUntilStopped()
    {
        while (WaitForInterval())
        {
            Tick();
        }
    }

    private bool WaitForInterval()
    {
        lock (gate)
        {
            if (!isStopped)
            {
                Monitor.Wait(gate, Interval);
            }

            return !isStopped;
        }
    }

    private void Tick()
    {
        Pause? noticed = null;
        lock (gate)
        {
            long now = time.GetTimestamp();
            if (now - lastTick > longestGap && !isStopped)
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
