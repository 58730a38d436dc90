namespace Failover;

/// <summary>Checks passwords one at a time, on a thread of its own: a dear hash takes a second, and a thread of the pool
/// would be missing elsewhere. Behind the one at work a short queue waits.</summary>
/// <remarks>Sources that have logged in before go first, and take the places of others in a full queue. Among equals the
/// source is next whose last turn is the longest ago, and one that has more places than a newcomer yields its newest.</remarks>
internal sealed class LoginThread : IDisposable
{
    /// <summary>So many wait; the next one is turned away.</summary>
    public const int LongestQueue = 8;

#pragma warning disable MA0158 // Lock has no Wait and Pulse.
    private readonly object gate = new();
#pragma warning restore MA0158
    private readonly List<Turn> waiting = [];

    // The sources of the newest turns, the last one last: no more than could wait beside each other.
    private readonly List<LoginSource> served = [];
    private bool isClosed;

    public LoginThread() => new Thread(Work) { IsBackground = true, Name = "Failover log-ins" }.Start();

    /// <summary>Queues a check.</summary>
    /// <param name="source">Where the log-in comes from.</param>
    /// <param name="goesFirst">Whether the source has logged in before.</param>
    /// <param name="check">Checks it.</param>
    /// <returns>Null: the queue is full, or closed.</returns>
    public Turn? TryEnter(LoginSource source, bool goesFirst, Func<PasswordCheck> check)
    {
        lock (gate)
        {
            if (isClosed || (waiting.Count >= LongestQueue && !TryMakeRoom(source, goesFirst)))
            {
                return null;
            }

            Turn turn = new(this, source, goesFirst, check);
            waiting.Add(turn);
            Monitor.Pulse(gate);
            return turn;
        }
    }

    /// <summary>Lets no more in; the thread ends when it has done the pending checks.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.Pulse(gate);
        }
    }

    // Turns away the newest of the source that has the most places, if the newcomer goes before it or has fewer.
    private bool TryMakeRoom(LoginSource source, bool goesFirst)
    {
        IEnumerable<Turn> others = waiting.Where(turn => !turn.GoesFirst);
        if (goesFirst && !others.Any())
        {
            others = waiting;
        }

        IGrouping<LoginSource, Turn>? most = others.GroupBy(turn => turn.Source).MaxBy(group => group.Count());
        if (
            most is null
            || (goesFirst == most.First().GoesFirst && most.Count() <= waiting.Count(turn => turn.Source == source) + 1)
        )
        {
            return false;
        }

        Turn last = most.Last();
        waiting.Remove(last);
        last.RejectAsBusy();
        return true;
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

            // Of several that are first in this order, the one that has waited longest.
            Turn? next = waiting.MinBy(turn => (!turn.GoesFirst, served.IndexOf(turn.Source)));
            if (next is not null)
            {
                waiting.Remove(next);
                served.Remove(next.Source);
                served.Add(next.Source);
                served.RemoveRange(0, Math.Max(0, served.Count - LongestQueue));
            }

            return next;
        }
    }

    private void Leave(Turn turn)
    {
        lock (gate)
        {
            waiting.Remove(turn);
        }
    }

    internal sealed class Turn(LoginThread thread, LoginSource source, bool goesFirst, Func<PasswordCheck> check)
    {
        private readonly TaskCompletionSource<PasswordCheck> outcome = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        public LoginSource Source { get; } = source;

        public bool GoesFirst { get; } = goesFirst;

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

        /// <summary>Its place is another one's.</summary>
        public void RejectAsBusy() => outcome.TrySetResult(PasswordCheck.Busy);

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
