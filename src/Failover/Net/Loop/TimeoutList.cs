using System.Runtime.Versioning;

namespace Failover;

/// <summary>Sockets of one loop that wait for the same length of time, the one that waits longest first: to enter and to leave costs a
/// few words, however many there are.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TimeoutList
{
    // At a time: when all targets fall silent at once, polls are still answered.
    private const int MostAtOnce = 256;

    private readonly EventLoop loop;
    private readonly LoopTimer timer;
    private readonly long length;
    private LoopSocket? first;
    private LoopSocket? last;

    /// <summary>Makes an empty list.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="timeout">How long each waits; <see cref="Timeout.InfiniteTimeSpan"/>: without an end.</param>
    public TimeoutList(EventLoop loop, TimeSpan timeout)
    {
        this.loop = loop;
        length = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : loop.Timestamps(timeout);
        timer = new(loop, EndThoseDue, isNeeded: () => first is not null);
    }

    /// <summary>Whether none waits.</summary>
    public bool IsEmpty => first is null;

    /// <summary>Begins the wait of one, in the place of the list that it is in.</summary>
    public void Enter(LoopSocket socket)
    {
        socket.Waiting?.Leave(socket);
        socket.Waiting = this;
        socket.Due = length == long.MaxValue ? long.MaxValue : loop.Time.GetTimestamp() + length;
        socket.PreviousWaiting = last;
        if (last is null)
        {
            first = socket;
            if (socket.Due != long.MaxValue)
            {
                timer.SetAtMost(socket.Due);
            }
        }
        else
        {
            last.NextWaiting = socket;
        }

        last = socket;
    }

    /// <summary>Ends the wait of one that is in this list.</summary>
    public void Leave(LoopSocket socket)
    {
        if (socket.PreviousWaiting is null)
        {
            first = socket.NextWaiting;
        }
        else
        {
            socket.PreviousWaiting.NextWaiting = socket.NextWaiting;
        }

        if (socket.NextWaiting is null)
        {
            last = socket.PreviousWaiting;
        }
        else
        {
            socket.NextWaiting.PreviousWaiting = socket.PreviousWaiting;
        }

        socket.NextWaiting = socket.PreviousWaiting = null;
        socket.Waiting = null;
    }

    /// <summary>Those that wait, in the order in which they came.</summary>
    public IReadOnlyList<LoopSocket> All()
    {
        List<LoopSocket> all = [];
        for (LoopSocket? one = first; one is not null; one = one.NextWaiting)
        {
            all.Add(one);
        }

        return all;
    }

    // The timer is not set anew when the first one leaves: with others behind it, it elapses for nothing once in the length of the list at most.
    private void EndThoseDue()
    {
        for (int i = 0; i < MostAtOnce && first is { } socket && socket.Due <= loop.Now; i++)
        {
            Leave(socket);
            EventLoop.Guard(socket, static socket => socket.TimedOut());
        }

        if (first is not null)
        {
            timer.SetAtMost(first.Due);
        }
    }
}
