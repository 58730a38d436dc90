using System.Collections.Concurrent;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>One thread that waits in the kernel for many sockets, timers and other threads, and handles what comes, one after the
/// other: polls are answered and probes are judged on it without a hop to another thread.</summary>
/// <remarks>
/// Nothing on it may block: code of the user's, files, name lookups and stores run elsewhere, and come back with <see cref="Post(ILoopWork)"/>.
/// One turn handles the events that the kernel reports, then what other threads posted, then timers, then a share of what is queued
/// for when there is time. So what is known of a socket is handled before its deadline is.
/// </remarks>
[SupportedOSPlatform("linux")]
#pragma warning disable CA1001 // It lives for as long as the process.
internal sealed class EventLoop
#pragma warning restore CA1001
{
    // What is deferred: so much a turn, for polls wait for it.
    private const int MostDeferred = 16;

    // Lengths of time that no check has any longer are forgotten beyond so many.
    private const int MostTimeouts = 64;

    // A head of the plainest requests, and more, fits in.
    private const int BufferLength = 4 * 1024;

    [ThreadStatic]
    private static EventLoop? current;

    private readonly Epoll epoll;
    private readonly ConcurrentQueue<ILoopWork> posted = new();
    private readonly ConcurrentQueue<ILoopWork> deferred = new();
    private readonly PriorityQueue<LoopTimer, long> timers = new();
    private readonly Dictionary<TimeSpan, TimeoutList> timeouts = [];
    private LoopSocket?[] sockets = new LoopSocket?[64];
    private uint generation;
    private int isWoken;

    /// <summary>Starts it.</summary>
    /// <param name="epoll">Where it waits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="number">Its number among those of the process, from 0 on.</param>
    public EventLoop(Epoll epoll, TimeProvider time, int number)
    {
        this.epoll = epoll;
        Time = time;
        Number = number;
        Now = time.GetTimestamp();
        Spare = new(this);
        Thread thread = new(Run) { IsBackground = true, Name = $"failover loop {number}" };
        thread.UnsafeStart();
    }

    /// <summary>The one whose thread this is; null on all other threads.</summary>
    public static EventLoop? Current => current;

    /// <summary>Its number among those of the process, from 0 on.</summary>
    public int Number { get; }

    /// <summary>Its clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>When the turn that runs began, as a timestamp of <see cref="Time"/>.</summary>
    public long Now { get; private set; }

    /// <summary>How often it has woken.</summary>
    public long Turns { get; private set; }

    /// <summary>Where its sockets receive, one at a time: what is to stay is copied.</summary>
    public byte[] Received { get; } = new byte[BufferLength];

    /// <summary>Its sockets that connect again.</summary>
    public SpareSockets Spare { get; }

    /// <summary>Whether it handles what the kernel has reported.</summary>
    public bool IsHandlingEvents { get; private set; }

    /// <summary>Whether this is its thread.</summary>
    public bool IsCurrent => current == this;

    /// <summary>How many timestamps a time is.</summary>
    public long Timestamps(TimeSpan time) => (long)(time.TotalSeconds * Time.TimestampFrequency);

    /// <summary>Does something on the loop. From any thread.</summary>
    public void Post(ILoopWork work)
    {
        posted.Enqueue(work);
        WakeFromElsewhere();
    }

    /// <inheritdoc cref="Post(ILoopWork)"/>
    public void Post(Action work) => Post(new PostedAction(work));

    /// <summary>Does something on the loop, behind all that is urgent and a few at a time. From any thread.</summary>
    public void Defer(ILoopWork work)
    {
        deferred.Enqueue(work);
        WakeFromElsewhere();
    }

    /// <summary>Reports what happens on a socket. On the loop.</summary>
    /// <returns>0, or an error number below zero.</returns>
    public int Watch(LoopSocket socket, EpollEvents wanted)
    {
        int descriptor = socket.Descriptor;
        if (descriptor >= sockets.Length)
        {
            Array.Resize(ref sockets, Math.Max(descriptor + 1, sockets.Length * 2));
        }

        // Never 0: that is how the epoll wakes.
        generation = generation == uint.MaxValue ? 1 : generation + 1;
        socket.Generation = generation;
        int error = epoll.Watch(descriptor, wanted, Datum(socket));
        if (error == 0)
        {
            sockets[descriptor] = socket;
        }

        return error;
    }

    /// <summary>Reports what happens on a descriptor that was watched for another socket, which has been forgotten. On the loop.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="watchedAs">The generation of the other one.</param>
    public void WatchAgain(LoopSocket socket, int descriptor, uint watchedAs)
    {
        socket.Generation = watchedAs;
        sockets[descriptor] = socket;
    }

    /// <summary>Reports something else of a socket that is watched. On the loop.</summary>
    public void Change(LoopSocket socket, EpollEvents wanted) => epoll.Change(socket.Descriptor, wanted, Datum(socket));

    /// <summary>Forgets a socket, before its descriptor is closed. On the loop.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="staysOpen">Whether its descriptor, or a copy of it, stays open elsewhere.</param>
    public void Forget(LoopSocket socket, bool staysOpen = false)
    {
        socket.Waiting?.Leave(socket);
        int descriptor = socket.Descriptor;
        if (descriptor >= 0 && descriptor < sockets.Length && sockets[descriptor] == socket)
        {
            sockets[descriptor] = null;
            if (staysOpen)
            {
                epoll.Unwatch(descriptor);
            }
        }
    }

    /// <summary>The sockets that wait for so long at most. On the loop.</summary>
    public TimeoutList TimeoutOf(TimeSpan timeout)
    {
        if (!timeouts.TryGetValue(timeout, out TimeoutList? list))
        {
            if (timeouts.Count >= MostTimeouts)
            {
                foreach (TimeSpan unused in timeouts.Keys.Where(length => timeouts[length].IsEmpty).ToArray())
                {
                    timeouts.Remove(unused);
                }
            }

            list = new(this, timeout);
            timeouts.Add(timeout, list);
        }

        return list;
    }

    /// <summary>Has a timer elapse at a time. On the loop.</summary>
    public void Enqueue(LoopTimer timer, long at) => timers.Enqueue(timer, at);

    /// <summary>Calls a socket, and keeps a defect of its from all others. What belongs to no socket, as the timer of an engine, ends the
    /// process where it throws: one that goes on without it would serve what it last knew.</summary>
    public static void Guard(LoopSocket socket, Action<LoopSocket> call)
    {
        try
        {
            call(socket);
        }
#pragma warning disable CA1031 // Whatever it is, it is the fault of one socket.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            socket.Break(exception);
        }
    }

    private static ulong Datum(LoopSocket socket) => ((ulong)socket.Generation << 32) | (uint)socket.Descriptor;

    private void WakeFromElsewhere()
    {
        if (!IsCurrent && Interlocked.Exchange(ref isWoken, 1) == 0)
        {
            epoll.Wake();
        }
    }

    private void Run()
    {
        current = this;
        while (true)
        {
            int events = epoll.Wait(LongestWait());
            Now = Time.GetTimestamp();
            Turns++;
            HandleEvents(events);
            // Before the queue is read: what is posted from here on wakes again.
            Volatile.Write(ref isWoken, 0);
            Interlocked.MemoryBarrier();
            // As many as there are now: what they post in turn comes after what the kernel reports.
            Take(posted, posted.Count);
            ElapseTimers(timers.Count);
            Take(deferred, Math.Min(MostDeferred, deferred.Count));
        }
    }

    private int LongestWait()
    {
        if (!deferred.IsEmpty || !posted.IsEmpty)
        {
            return 0;
        }

        if (NextTimer() is not { } at)
        {
            return -1;
        }

        long left = at - Time.GetTimestamp();
        double milliseconds = Math.Ceiling(left * 1000.0 / Time.TimestampFrequency);
        return (int)Math.Clamp(milliseconds, 0, int.MaxValue);
    }

    // Nobody is woken for a timer that has been set anew, or that nothing waits for any longer.
    private long? NextTimer()
    {
        while (timers.TryPeek(out LoopTimer? timer, out long at))
        {
            if (timer.IsNeededAt(at))
            {
                return at;
            }

            timers.Dequeue();
        }

        return null;
    }

    private void HandleEvents(int count)
    {
        IsHandlingEvents = true;
        for (int i = 0; i < count; i++)
        {
            if (
                epoll.Event(i, out EpollEvents seen, out ulong datum)
                && sockets[(uint)datum] is { } socket
                && socket.Generation == (uint)(datum >> 32)
            )
            {
                socket.Seen = seen;
                Guard(socket, static socket => socket.Ready(socket.Seen));
            }
        }

        IsHandlingEvents = false;
    }

    private void ElapseTimers(int most)
    {
        for (int i = 0; i < most && timers.TryPeek(out LoopTimer? timer, out long at) && at <= Now; i++)
        {
            timers.Dequeue();
            timer.Elapse(at);
        }
    }

    private static void Take(ConcurrentQueue<ILoopWork> queue, int most)
    {
        for (int i = 0; i < most && queue.TryDequeue(out ILoopWork? work); i++)
        {
            if (work is LoopSocket socket)
            {
                Guard(socket, static socket => ((ILoopWork)socket).Run());
            }
            else
            {
                work.Run();
            }
        }
    }

    private sealed class PostedAction(Action action) : ILoopWork
    {
        public void Run() => action();
    }
}
