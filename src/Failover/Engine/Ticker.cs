namespace Failover;

/// <summary>Calls back again and again for as long as that is wanted, and sleeps for the rest of the time: on an event loop where there is
/// one, else on a thread of its own, as the pool may be starved; where the clock is not the machine's, as in tests, by its timers.</summary>
internal sealed class Ticker : IDisposable
{
    private const int StackSize = 128 * 1024;

    private readonly TimeSpan interval;
    private readonly Action tick;
    private readonly Func<bool> isWanted;

    // One of them is there, or else the thread, which begins when it is wanted first.
    private readonly LoopTimer? onLoop;
    private readonly ITimer? timer;

    // An object, not a Lock: the thread waits with it.
    private readonly object gate = new();
    private bool hasThread;
    private volatile bool isStopped;
    private int isTicking;

    /// <summary>Ticks not yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="loops">The event loops, if there are any, whose clock it is.</param>
    /// <param name="interval">From one tick to the next.</param>
    /// <param name="tick">Called for each.</param>
    /// <param name="isWanted">Whether there has to be a next tick: read without a lock, by several threads.</param>
    public Ticker(TimeProvider time, EventLoops? loops, TimeSpan interval, Action tick, Func<bool> isWanted)
    {
        (this.interval, this.tick, this.isWanted) = (interval, tick, isWanted);
        if (OperatingSystem.IsLinux() && loops is not null)
        {
            // Asked before the loop would sleep: what is over by then costs it no turn.
            onLoop = new(loops.First, TickOnce, isNeeded: Continues);
        }
        else if (time is not BootTime && time != TimeProvider.System)
        {
            timer = time.CreateTimer(_ => TickOnce(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ticks are wanted from now on: called after what makes it so. Costs a comparison where it ticks already.</summary>
    public void Start()
    {
        if (Volatile.Read(ref isTicking) == 0 && Interlocked.Exchange(ref isTicking, 1) == 0)
        {
            SetNext();
        }
    }

    /// <summary>Ticks no more.</summary>
    public void Dispose()
    {
        isStopped = true;
        timer?.Dispose();
        if (OperatingSystem.IsLinux())
        {
            onLoop?.End();
        }

        lock (gate)
        {
            Monitor.PulseAll(gate);
        }
    }

    private void TickOnce()
    {
        tick();
        if (Continues())
        {
            SetNext();
        }
    }

    // Whoever wants ticks has said so before it sees that there are some: it is either seen here, or starts them again.
    private bool Continues()
    {
        if (isWanted())
        {
            return true;
        }

        Volatile.Write(ref isTicking, 0);
        Interlocked.MemoryBarrier();
        return isWanted() && Interlocked.Exchange(ref isTicking, 1) == 0;
    }

    private void SetNext()
    {
        if (isStopped)
        {
            return;
        }

        if (OperatingSystem.IsLinux() && onLoop is not null)
        {
            onLoop.Set(interval);
        }
        else if (timer is not null)
        {
            timer.Change(interval, Timeout.InfiniteTimeSpan);
        }
        else
        {
            WakeThread();
        }
    }

    private void WakeThread()
    {
        lock (gate)
        {
            if (!hasThread)
            {
                hasThread = true;
                new Thread(TickOnThread, StackSize) { IsBackground = true, Name = "Failover ticks" }.UnsafeStart();
            }

            Monitor.PulseAll(gate);
        }
    }

    private void TickOnThread()
    {
        while (WaitForNext())
        {
            tick();
            _ = Continues();
        }
    }

    private bool WaitForNext()
    {
        lock (gate)
        {
            while (!isStopped && Volatile.Read(ref isTicking) == 0)
            {
                Monitor.Wait(gate);
            }

            if (!isStopped)
            {
                Monitor.Wait(gate, interval);
            }

            return !isStopped;
        }
    }
}
