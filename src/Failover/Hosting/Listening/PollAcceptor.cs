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
    private static readonly TimeSpan PauseLength = TimeSpan.FromMilliseconds(100);

    private readonly PollLoop polls;
    private readonly LoopTimer pause;
    private bool hasWarned;
    private readonly byte[] address = new byte[NativeAddress.Longest];

    /// <summary>Accepts nothing before <see cref="Begin"/>.</summary>
    /// <param name="polls">Where the connections belong.</param>
    /// <param name="listening">The socket, which listens and does not block.</param>
    public PollAcceptor(PollLoop polls, Socket listening)
    {
        this.polls = polls;
        Descriptor = (int)listening.Handle;
        pause = new(polls.Loop, Begin);
    }

    /// <summary>Begins to accept. On the loop.</summary>
    public void Begin()
    {
        if (Descriptor >= 0 && polls.Loop.Watch(this, EpollEvents.Readable | EpollEvents.Exclusive) < 0)
        {
            // The system has no room to watch it (epoll_ctl(2): ENOMEM, ENOSPC).
            Pause("connections wait: the system cannot watch another socket");
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
                PolledConnection connection = new(polls, accepted)
                {
                    Peer = NativeAddress.Address(address.AsSpan(0, length)),
                };
                EventLoop.Guard(connection, static connection => ((PolledConnection)connection).Begin());
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
                Pause("connections wait: no descriptors or no memory left");
                return;
            }
        }
    }

    public override void TimedOut() { }

    private void Pause(string why)
    {
        if (!hasWarned)
        {
            hasWarned = true;
            polls.Warn(why);
        }

        pause.Set(PauseLength);
    }

    public override void Break(Exception exception) => polls.Broke(exception);
}
