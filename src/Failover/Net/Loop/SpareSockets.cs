using System.Runtime.Versioning;

namespace Failover;

/// <summary>Sockets of one loop that have been disconnected and connect again soon. All of it belongs to the thread of the loop.</summary>
/// <remarks>
/// <para>Of what a TCP check costs, some 30 % is to make a socket, to watch it and to give it up. Linux resets a connection and leaves its socket
/// as good as new by a connect to no address (connect(2), AF_UNSPEC): the same function of the kernel as a close with SO_LINGER 0.</para>
/// <para>Only where many checks run: one that is not used again within 50 ms, or twice that, is closed, and no more are kept than began
/// to connect in the 50 ms before. With fewer checks than 160 a second each closes its own.</para>
/// <para>IPv4 only: in IPv6 a socket keeps the interface of a link-local address, and the family of a mapped one.</para>
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class SpareSockets
{
    /// <summary>How many there are at most: more are not connecting at one moment, except where targets are slow.</summary>
    public const int Most = 32;

    // Of the descriptors that the process may have; the others are for connections.
    private const int Share = 16;

    // In one period: with fewer, keeping them costs as much as it saves.
    private const int FewestBegun = 8;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    private readonly EventLoop loop;
    private readonly LoopTimer timer;
    private readonly long period;
    private readonly int most;
    private readonly Stack<(int Descriptor, uint Generation)> spare = new(Most);

    // Connects that began in this period, and in the one before.
    private int begun;
    private int begunBefore;
    private long periodEnds;

    // The fewest that there were since the timer elapsed: so many are not needed.
    private int fewest;

    /// <summary>Has none.</summary>
    /// <param name="loop">The loop.</param>
    public SpareSockets(EventLoop loop)
    {
        this.loop = loop;
        timer = new(loop, CloseUnneeded);
        period = loop.Timestamps(Period);
        most = ResourceLimit.Descriptors is { } limit ? (int)Math.Min(Most, limit / Share) : Most;
    }

    /// <summary>How many there are.</summary>
    public int Count => spare.Count;

    /// <summary>Takes one that is watched already, for <see cref="EpollEvents.Writable"/> and edge-triggered.</summary>
    /// <remarks>Not while events are handled: what is reported of the connection before may be among them.</remarks>
    /// <param name="socket">What it is for.</param>
    /// <param name="descriptor">The descriptor.</param>
    public bool TryTake(LoopSocket socket, out int descriptor)
    {
        descriptor = -1;
        if (loop.IsHandlingEvents)
        {
            return false;
        }

        CountBegun();
        if (!spare.TryPop(out (int Descriptor, uint Generation) taken))
        {
            return false;
        }

        fewest = Math.Min(fewest, spare.Count);
        descriptor = taken.Descriptor;
        loop.WatchAgain(socket, descriptor, taken.Generation);
        return true;
    }

    /// <summary>Resets the connection of a socket and keeps its descriptor.</summary>
    /// <returns>False where it is still to be closed: too few begin, there are enough, or the system cannot.</returns>
    public bool TryKeep(LoopSocket socket)
    {
        if (
            begunBefore < FewestBegun
            || spare.Count >= Math.Min(most, begunBefore)
            || LinuxSockets.Disconnect(socket.Descriptor) != 0
        )
        {
            return false;
        }

        loop.Forget(socket);
        spare.Push((socket.Descriptor, socket.Generation));
        if (spare.Count == 1)
        {
            timer.SetAtMost(loop.Now + period);
        }

        return true;
    }

    private void CountBegun()
    {
        if (loop.Now >= periodEnds)
        {
            begunBefore = loop.Now < periodEnds + period ? begun : 0;
            begun = 0;
            periodEnds = loop.Now + period;
        }

        begun++;
    }

    private void CloseUnneeded()
    {
        for (; fewest > 0; fewest--)
        {
            LinuxSockets.Close(spare.Pop().Descriptor);
        }

        fewest = spare.Count;
        if (fewest > 0)
        {
            timer.SetAtMost(loop.Now + period);
        }
    }
}
