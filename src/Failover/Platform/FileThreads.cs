using System.Runtime.ExceptionServices;

namespace Failover;

/// <summary>Threads for what may wait for ever: reading from a file system that has stopped to answer.</summary>
/// <remarks>Whoever asks waits for a bounded time. A thread that gets no answer is left to itself, and as long as it waits, nothing else
/// is started on its path, so that there are never many of them.</remarks>
internal static class FileThreads
{
    /// <summary>How long a file or a folder may take.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>How many threads there are at most. When none of them gets an answer any more, everything else fails at once.</summary>
    public const int Most = 64;

    private const int StackSize = 512 * 1024;

    private static readonly object Gate = new();
    private static readonly Queue<Job> Waiting = new();
    private static readonly List<Job> Stalled = [];
    private static int threads;
    private static int idle;

    /// <summary>Runs something on one of the threads and waits for it.</summary>
    /// <param name="path">The file or folder that it uses.</param>
    /// <param name="work">What it does.</param>
    /// <param name="longestWait">How long that may take; left out, <see cref="LongestWait"/>.</param>
    /// <exception cref="FileFault">It took too long, or the same path does already: <see cref="FileProblem.NoAnswer"/>. What the
    /// work throws is thrown as well.</exception>
    public static T Run<T>(string path, Func<T> work, TimeSpan? longestWait = null)
    {
        T? result = default;
        Job job = new(path, () => result = work());
        Enqueue(job);
        if (!job.IsDone.Wait(longestWait ?? LongestWait) && TryLeave(job))
        {
            throw NoAnswer(longestWait ?? LongestWait);
        }

        job.Fault?.Throw();
        return result!;
    }

    private static FileFault NoAnswer(TimeSpan longest) =>
        new(FileProblem.NoAnswer, $"it takes longer than {Units.Text(longest)} to answer");

    private static void Enqueue(Job job)
    {
        lock (Gate)
        {
            if (Stalled.Exists(other => other.Path == job.Path))
            {
                throw NoAnswer(LongestWait);
            }

            if (Stalled.Count >= Most)
            {
                throw new FileFault(FileProblem.NoAnswer, "too many other files have stopped to answer");
            }

            Waiting.Enqueue(job);
            if (idle >= Waiting.Count)
            {
                Monitor.Pulse(Gate);
            }
            else if (threads < Most)
            {
                threads++;
                new Thread(RunAll, StackSize) { IsBackground = true, Name = "Failover files" }.Start();
            }
        }
    }

    private static bool TryLeave(Job job)
    {
        lock (Gate)
        {
            if (job.IsDone.IsSet)
            {
                return false;
            }

            Stalled.Add(job);
            return true;
        }
    }

    private static void RunAll()
    {
        while (true)
        {
            Job job = Take();
            job.Run();
            lock (Gate)
            {
                job.IsDone.Set();
                Stalled.Remove(job);
            }
        }
    }

    private static Job Take()
    {
        lock (Gate)
        {
            idle++;
            while (Waiting.Count == 0)
            {
                Monitor.Wait(Gate);
            }

            idle--;
            return Waiting.Dequeue();
        }
    }

    private sealed class Job(string path, Action work)
    {
        public string Path => path;

        public ManualResetEventSlim IsDone { get; } = new();

        public ExceptionDispatchInfo? Fault { get; private set; }

        public void Run()
        {
            try
            {
                work();
            }
#pragma warning disable CA1031 // The caller throws it.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                Fault = ExceptionDispatchInfo.Capture(fault);
            }
        }
    }
}
