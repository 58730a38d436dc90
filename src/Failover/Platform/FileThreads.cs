using System.Runtime.ExceptionServices;

namespace Failover;

/// <summary>Threads for what may wait for ever: reading from a file system that has stopped to answer.</summary>
/// <remarks>Whoever asks waits for a bounded time. A thread that gets no answer is left to itself, and as long as it waits, nothing else
/// is started on its path, so that there are never many of them. Checks have threads of their own: files that they ask for and that do not answer
/// never keep this process from reading its own.</remarks>
internal sealed class FileThreads
{
    /// <summary>How long a file or a folder may take.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>How many threads each instance has at most. When none of them gets an answer any more, everything else fails at once.</summary>
    public const int Most = 64;

    private const int StackSize = 512 * 1024;

    private readonly object gate = new();
    private readonly Queue<Job> waiting = new();
    private readonly List<Job> stalled = [];
    private int threads;
    private int idle;

    /// <summary>For the files of this process itself: configuration, certificates, passwords.</summary>
    public static FileThreads OfProcess { get; } = new();

    /// <summary>For what checks ask for.</summary>
    public static FileThreads OfChecks { get; } = new();

    /// <summary>Runs something on one of the threads and waits for it.</summary>
    /// <param name="path">The file or folder that it uses.</param>
    /// <param name="work">What it does.</param>
    /// <param name="longestWait">How long that may take; left out, <see cref="LongestWait"/>.</param>
    /// <exception cref="FileFault">It took too long, or the same path does already: <see cref="FileProblem.NoAnswer"/>. What the
    /// work throws is thrown as well.</exception>
    public T Run<T>(string path, Func<T> work, TimeSpan? longestWait = null)
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

    private void Enqueue(Job job)
    {
        lock (gate)
        {
            if (stalled.Exists(other => other.Path == job.Path))
            {
                throw NoAnswer(LongestWait);
            }

            if (stalled.Count >= Most)
            {
                throw new FileFault(FileProblem.NoAnswer, "too many other files have stopped to answer");
            }

            waiting.Enqueue(job);
            if (idle >= waiting.Count)
            {
                Monitor.Pulse(gate);
            }
            else if (threads < Most)
            {
                threads++;
                new Thread(RunAll, StackSize) { IsBackground = true, Name = "Failover files" }.Start();
            }
        }
    }

    private bool TryLeave(Job job)
    {
        lock (gate)
        {
            if (job.IsDone.IsSet)
            {
                return false;
            }

            stalled.Add(job);
            return true;
        }
    }

    private void RunAll()
    {
        while (true)
        {
            Job job = Take();
            job.Run();
            lock (gate)
            {
                job.IsDone.Set();
                stalled.Remove(job);
            }
        }
    }

    private Job Take()
    {
        lock (gate)
        {
            idle++;
            while (waiting.Count == 0)
            {
                Monitor.Wait(gate);
            }

            idle--;
            return waiting.Dequeue();
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
