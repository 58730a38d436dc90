using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>Accepts the connections of one socket on one event loop. Several loops may have the same socket: the kernel wakes one of them.</summary>
[SupportedOSPlatform("linux")]
internal sealed class PollAcceptor : LoopSocket
{
    // At a time: those that are connected are not to wait for a storm of others.
    private const int Most = 32;

    // Where descriptors or memory have run out, for others to give some back.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly PollLoop polls;
    private readonly LoopTimer rest;
    private readonly byte[] address = new byte[NativeAddress.Longest];

    /// <summary>Accepts nothing before <see cref="Begin"/>.</summary>
    /// <param name="polls">Where the connections belong.</param>
    /// <param name="listening">The socket, which listens and does not block.</param>
    public PollAcceptor(PollLoop polls, Socket listening)
    {
        this.polls = polls;
        Descriptor = (int)listening.Handle;
        rest = new(polls.Loop, Begin);
    }

    /// <summary>Begins to accept. On the loop.</summary>
    public void Begin()
    {
        if (Descriptor >= 0)
        {
            _ = polls.Loop.Watch(this, EpollEvents.Readable | EpollEvents.Exclusive);
        }
    }

    /// <summary>Accepts no more. On the loop.</summary>
    public void End()
    {
        polls.Loop.Forget(this, staysOpen: true);
        Descriptor = -1;
    }

    public override void Ready(EpollEvents seen)
    {
        for (int i = 0; i < Most; i++)
        {
            int accepted = LinuxSockets.Accept(Descriptor, address, out int length);
            if (accepted >= 0)
            {
                new PolledConnection(polls, accepted).Begin(NativeAddress.Address(address.AsSpan(0, length)));
            }
            else if (accepted == -LinuxSockets.TryAgain)
            {
                return;
            }
            else if (
                accepted
                is -LinuxSockets.TooManyFiles
                    or -LinuxSockets.FileTableOverflow
                    or -LinuxSockets.NoBuffers
                    or -LinuxSockets.NoMemory
            )
            {
                // The connection stays where it is, and would be reported again and again.
                polls.Loop.Forget(this, staysOpen: true);
                rest.Set(Rest);
                return;
            }
        }
    }

    public override void TimedOut() { }

    public override void Break(Exception exception) => polls.Broke(exception);
}
