using System.Collections.Concurrent;

namespace Failover;

/// <summary>Checks passwords one at a time, on a thread of its own: a dear hash takes a second, and a thread of the pool
/// would be missing elsewhere. Behind the one at work a short queue waits.</summary>
internal sealed class LoginThread : IDisposable
{
    /// <summary>So many wait; the next one is turned away.</summary>
    public const int LongestQueue = 8;

    private readonly BlockingCollection<Turn> waiting = new(LongestQueue);

    public LoginThread() => new Thread(Work) { IsBackground = true, Name = "Failover log-ins" }.Start();

    /// <summary>Queues a check.</summary>
    /// <returns>Null: the queue is full, or closed.</returns>
    public Turn? TryEnter(Func<PasswordCheck> check)
    {
        Turn turn = new(check);
        try
        {
            return waiting.TryAdd(turn) ? turn : null;
        }
        catch (InvalidOperationException)
        {
            // Disposed meanwhile.
            return null;
        }
    }

    /// <summary>Lets no more in; the thread ends when it has done what waits.</summary>
    public void Dispose()
    {
        try
        {
            waiting.CompleteAdding();
        }
        catch (ObjectDisposedException)
        {
            // The thread has ended: a second call.
        }
    }

    private void Work()
    {
        foreach (Turn turn in waiting.GetConsumingEnumerable())
        {
            turn.Run();
        }

        waiting.Dispose();
    }

    internal sealed class Turn(Func<PasswordCheck> check)
    {
        private readonly TaskCompletionSource<PasswordCheck> outcome = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        /// <summary>Waits for its end.</summary>
        /// <exception cref="TimeoutException">It took longer than <paramref name="longest"/>.</exception>
        public Task<PasswordCheck> WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken ct) =>
            outcome.Task.WaitAsync(longest, time, ct);

        /// <summary>Nobody waits for it any more: not worth a hash.</summary>
        public void Abandon() => outcome.TrySetCanceled(CancellationToken.None);

        public void Run()
        {
            if (outcome.Task.IsCompleted)
            {
                return;
            }

            try
            {
                outcome.TrySetResult(check());
            }
#pragma warning disable CA1031 // Handed to whoever waits; the thread must outlive it.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                outcome.TrySetException(fault);
            }
        }
    }
}
