using System.Globalization;

namespace Failover;

/// <summary>Notices when the threads of the pool are all busy, so that nothing is answered, warns, and has threads added.</summary>
/// <remarks>Nothing of ours blocks the pool; what users add to a process may. Left alone, the pool makes about two threads a second
/// (.NET 10): with 200 blocked that is a minute and a half without an answer. There is one pool in a process, so all watches share
/// one thread, which is none of the pool's.</remarks>
internal sealed class PoolWatch : IDisposable
{
    // How often it is asked whether work waits for the pool, where nothing is known that would: all that an idle process does for it.
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(1);

    // The same while something is known that needs the pool; and how long the pool may take to begin something.
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(100);

    // Beats in which work may wait for a thread. Counted, not seconds: a process that was stopped for a while is not starved.
    private const int LongestWait = 10;

    // So many more threads are worth a warning at once: something blocks them.
    private const int ThreadsToWarn = 64;
    private const int StackSize = 256 * 1024;

    private static readonly Lock Gate = new();
    private static readonly AutoResetEvent Changed = new(initialState: false);
    private static readonly PoolThreads Threads = new();
    private static PoolWatch[] watches = [];
    private static bool isWatching;
    private static int dependents;
    private static int sleepsLong;
    private static int starvations;
    private static volatile bool isStarved;

    private readonly Action<string> warn;
    private readonly bool addsThreads;

    /// <summary>Watches from now on.</summary>
    /// <param name="warn">Called with one line when the pool falls behind, and when it keeps up again: once each.</param>
    /// <param name="addsThreads">Whether the pool is ours to change; false in an application, whose pool it is.</param>
    public PoolWatch(Action<string> warn, bool addsThreads = true)
    {
        this.warn = warn;
        this.addsThreads = addsThreads;
        lock (Gate)
        {
            watches = [.. watches, this];
            if (!isWatching)
            {
                isWatching = true;
                new Thread(Watch, StackSize) { IsBackground = true, Name = "Failover pool watch" }.Start();
            }
        }
    }

    /// <summary>Names this moment for <see cref="WasStarvedSince"/>.</summary>
    public static int Mark() => isStarved ? -1 : Volatile.Read(ref starvations);

    /// <summary>Whether the pool was starved at a moment or at any later one. Known only while there is a watch.</summary>
    /// <param name="mark">What <see cref="Mark"/> gave at that moment.</param>
    public static bool WasStarvedSince(int mark) => Mark() != mark || mark < 0;

    /// <summary>Something needs the pool until <see cref="End"/>: meanwhile it is watched closely.</summary>
    public static void Begin()
    {
        Interlocked.Increment(ref dependents);
        if (Volatile.Read(ref sleepsLong) == 1 && Interlocked.Exchange(ref sleepsLong, 0) == 1)
        {
            Changed.Set();
        }
    }

    /// <summary>That needs it no longer.</summary>
    public static void End() => Interlocked.Decrement(ref dependents);

    /// <summary>Watches no longer.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            watches = [.. watches.Where(watch => watch != this)];
        }

        Changed.Set();
    }

    private static void Watch()
    {
        while (ContinuesWatching())
        {
            // Work that nobody waits for does not have to be tried: an idle process stays idle.
            if (ThreadPool.PendingWorkItemCount == 0)
            {
                Threads.Lower();
                Sleep();
                continue;
            }

            ManualResetEventSlim hasRun = new();
            long completed = ThreadPool.CompletedWorkItemCount;
            ThreadPool.UnsafeQueueUserWorkItem(static ran => ran.Set(), hasRun, preferLocal: false);
            if (hasRun.Wait(CheckInterval))
            {
                Threads.Lower();
                Sleep();
            }
            else
            {
                AddThreadsUntil(hasRun, completed);
            }
        }
    }

    // Whoever needs the pool says so before it sees whether this sleeps: it is either seen here, or wakes it.
    private static void Sleep()
    {
        Interlocked.Exchange(ref sleepsLong, 1);
        if (Volatile.Read(ref dependents) > 0)
        {
            Volatile.Write(ref sleepsLong, 0);
            Changed.WaitOne(CheckInterval);
        }
        else
        {
            Changed.WaitOne(IdleInterval);
        }
    }

    // The last one to leave ends the thread; whoever comes later starts another.
    private static bool ContinuesWatching()
    {
        lock (Gate)
        {
            isWatching = watches.Length > 0;
            if (!isWatching)
            {
                Threads.Restore();
            }

            return isWatching;
        }
    }

    private static void AddThreadsUntil(ManualResetEventSlim hasRun, long completed)
    {
        long began = TimeProvider.System.GetTimestamp();
        int beats = 0;
        while (
            !hasRun.Wait(beats == 0 ? TimeSpan.Zero : CheckInterval)
            && Volatile.Read(ref watches) is { Length: > 0 } told
        )
        {
            beats++;
            long before = completed;
            completed = ThreadPool.CompletedWorkItemCount;
            // Threads that each get something done are not blocked: a storm of requests is worked off faster by few of them.
            bool isBusy = completed - before > ThreadPool.ThreadCount;
            int added = !isBusy && told.Any(watch => watch.addsThreads) ? Threads.Raise() : 0;
            if (!isStarved && (beats >= LongestWait || added >= ThreadsToWarn))
            {
                Interlocked.Increment(ref starvations);
                isStarved = true;
                Tell(
                    told,
                    watch =>
                        "the thread pool is starved: its threads are all busy, and answers wait for one"
                        + (watch.addsThreads ? "; threads are added" : "")
                );
            }
        }

        if (isStarved)
        {
            isStarved = false;
            double seconds = (TimeProvider.System.GetElapsedTime(began) + CheckInterval).TotalSeconds;
            Tell(
                watches,
                _ =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the thread pool keeps up again, after {seconds:0.0} s"
                    )
            );
        }
    }

    private static void Tell(PoolWatch[] told, Func<PoolWatch, string> text)
    {
        foreach (PoolWatch watch in told)
        {
            watch.warn(text(watch));
        }
    }
}
