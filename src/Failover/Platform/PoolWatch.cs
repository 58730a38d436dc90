using System.Globalization;

namespace Failover;

/// <summary>Notices when the threads of the pool are all busy, so that nothing is answered, and has more of them made.</summary>
/// <remarks>Nothing of ours blocks the pool; what users add to a process may. Left alone, the pool makes about two threads a second
/// (.NET 10): with 200 blocked that is a minute and a half without an answer.</remarks>
internal sealed class PoolWatch : IDisposable
{
    /// <summary>How long work may wait for a thread before it is warned about, and how often that is looked at.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    // So many threads more, each Limit, up to so many in all: beyond that, blocked threads are not what is wrong.
    private const int Step = 256;
    private const int Most = 1024;
    private const int StackSize = 256 * 1024;

    private readonly Action<string> warn;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stop = new();

    /// <summary>Watches from now on, from a thread of its own.</summary>
    /// <param name="warn">Is told in one line when the pool falls behind, and when it keeps up again: once each.</param>
    /// <param name="time">For how long that took.</param>
    public PoolWatch(Action<string> warn, TimeProvider time)
    {
        this.warn = warn;
        this.time = time;
        new Thread(Watch, StackSize) { IsBackground = true, Name = "Failover pool watch" }.Start();
    }

    /// <summary>Watches no longer.</summary>
    public void Dispose() => stop.Cancel();

    private void Watch()
    {
        try
        {
            while (!stop.Token.WaitHandle.WaitOne(Limit))
            {
                Look();
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private void Look()
    {
        ManualResetEventSlim hasRun = new();
        long queued = time.GetTimestamp();
        ThreadPool.UnsafeQueueUserWorkItem(static ran => ran.Set(), hasRun, preferLocal: false);
        if (hasRun.Wait(Limit, stop.Token))
        {
            return;
        }

        ThreadPool.GetMinThreads(out int usual, out int completion);
        try
        {
            AddThreads(completion);
            warn("the threads of this process are all busy, and answers wait for more than a second; more are added");
            while (!hasRun.Wait(Limit, stop.Token))
            {
                AddThreads(completion);
            }
        }
        finally
        {
            ThreadPool.SetMinThreads(usual, completion);
        }

        double seconds = time.GetElapsedTime(queued).TotalSeconds;
        warn(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the threads of this process keep up again, after {seconds:0.0} s"
            )
        );
    }

    // Up to its minimum the pool makes threads at once.
    private static void AddThreads(int completion) =>
        ThreadPool.SetMinThreads(Math.Min(ThreadPool.ThreadCount + Step, Most), completion);
}
