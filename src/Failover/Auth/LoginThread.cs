namespace Failover;

/// <summary>Checks passwords one at a time, on a thread of its own: a dear hash takes a second, and a thread of the pool
/// would be missing elsewhere. Behind the one at work a short queue waits.</summary>
internal sealed class LoginThread : IDisposable
{
    /// <summary>So many wait; the next one is turned away.</summary>
    public const int LongestQueue = 8;

#pragma warning disable MA0158 // Lock has no Wait and Pulse.
    private readonly object gate = new();
#pragma warning restore MA0158
    private readonly LinkedList<Turn> waiting = [];
    private bool isClosed;

    public LoginThread() => new Thread(Work) { IsBackground = true, Name = "Failover log-ins" }.Start();

    /// <summary>Queues a check.</summary>
    /// <returns>Null: the queue is full, or closed.</returns>
    public Turn? TryEnter(Func<PasswordCheck> check)
    {
        lock (gate)
        {
            if (isClosed || waiting.Count >= LongestQueue)
            {
                return null;
            }

            Turn turn = new(this, check);
            waiting.AddLast(turn);
            Monitor.Pulse(gate);
            return turn;
        }
    }

    /// <summary>Lets no more in; the thread ends when it has done what waits.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.Pulse(gate);
        }
    }

    private void Work()
    {
        while (WaitForTurn() is { } turn)
        {
            turn.Run();
        }
    }

    // Null: closed, and nothing waits.
    private Turn? WaitForTurn()
    {
        lock (gate)
        {
            while (waiting.Count == 0 && !isClosed)
            {
                Monitor.Wait(gate);
            }

            Turn? first = waiting.First?.Value;
            if (first is not null)
            {
                waiting.RemoveFirst();
            }

            return first;
        }
    }

    private void Leave(Turn turn)
    {
        lock (gate)
        {
            waiting.Remove(turn);
        }
    }

    internal sealed class Turn(LoginThread thread, Func<PasswordCheck> check)
    {
        private readonly TaskCompletionSource<PasswordCheck> outcome = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        /// <summary>Waits for its end. Whoever gives up waiting gives its place in the queue to others.</summary>
        /// <exception cref="TimeoutException">It took longer than <paramref name="longest"/>.</exception>
        public async Task<PasswordCheck> WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken ct)
        {
            try
            {
                return await outcome.Task.WaitAsync(longest, time, ct);
            }
            finally
            {
                thread.Leave(this);
            }
        }

        public void Run()
        {
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
