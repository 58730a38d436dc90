namespace Failover;

/// <summary>Reads something again and again on a thread of its own, for callers who wait for a while and no longer: a file system
/// may hang for ever, and then takes this thread and nothing else.</summary>
internal sealed class ReadingThread : IDisposable
{
    // A file system hangs in real time: a clock that a test moves does not.
    private static readonly TimeProvider Clock = TimeProvider.System;

#pragma warning disable MA0158 // Lock has no Wait and Pulse.
    private readonly object gate = new();
#pragma warning restore MA0158
    private readonly Action read;
    private readonly TimeSpan longest;
    private long begun;
    private long ended;
    private long begunAt;
    private bool isAsked;
    private bool isClosed;

    /// <summary>Starts the thread, which reads nothing until it is asked to.</summary>
    /// <param name="read">Reads, and throws nothing.</param>
    /// <param name="longest">A reading that takes longer is late.</param>
    public ReadingThread(Action read, TimeSpan longest)
    {
        (this.read, this.longest) = (read, longest);
        new Thread(Work) { IsBackground = true, Name = "Failover file reading" }.Start();
    }

    /// <summary>Asks for a reading and does not wait for it.</summary>
    /// <returns>False: the one that has begun is late.</returns>
    public bool Ask()
    {
        lock (gate)
        {
            isAsked = true;
            Monitor.PulseAll(gate);
            return !IsLate();
        }
    }

    /// <summary>Waits until a reading has ended that began after this call.</summary>
    /// <returns>False: it is late, or the one before it still is, which is not waited for again.</returns>
    public bool WaitForOne()
    {
        lock (gate)
        {
            if (!Ask())
            {
                return false;
            }

            long wanted = begun + 1;
            long start = Clock.GetTimestamp();
            while (ended < wanted && !isClosed)
            {
                TimeSpan left = longest - Clock.GetElapsedTime(start);
                if (left <= TimeSpan.Zero)
                {
                    return false;
                }

                Monitor.Wait(gate, left);
            }

            return ended >= wanted;
        }
    }

    /// <summary>Reads no more; the thread ends when its reading has.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.PulseAll(gate);
        }
    }

    private bool IsLate() => begun > ended && Clock.GetElapsedTime(begunAt) >= longest;

    private void Work()
    {
        while (WaitUntilAsked())
        {
            read();
            lock (gate)
            {
                ended = begun;
                Monitor.PulseAll(gate);
            }
        }
    }

    // False: closed.
    private bool WaitUntilAsked()
    {
        lock (gate)
        {
            while (!isAsked && !isClosed)
            {
                Monitor.Wait(gate);
            }

            isAsked = false;
            begun++;
            begunAt = Clock.GetTimestamp();
            return !isClosed;
        }
    }
}
