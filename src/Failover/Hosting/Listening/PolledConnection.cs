using System.Net;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>A connection on an event loop: polls of the plainest kind are answered where they are read. With the first request of another
/// kind it goes to the web server, with what was read of it.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class PolledConnection : LoopSocket, ITrackedClient, IRequestTicket, ILoopWork
{
    // At a time: a client that pipelines as fast as it is answered leaves the loop to others now and then.
    private const int MostReads = 4;

    private const EpollEvents Reading = EpollEvents.Readable | EpollEvents.PeerClosed | EpollEvents.EdgeTriggered;

    private readonly PollLoop loop;
    private TrackedConnection? place;
    private Phase phase;

    // What was read and waits until what comes before it is answered and sent; null where there is nothing.
    private byte[]? unread;

    // What the system has not taken yet, and what comes after it.
    private byte[]? unsent;
    private Next afterwards;

    private bool isWatched;
    private bool isDraining;
    private bool hasMore;
    private bool isPeerClosed;

    // Of the request that is answered.
    private PollMethod method;
    private PollEnd end;
    private bool mayBePosted;
    private Snapshot? answer;
    private bool isAsking;

    // Whose request it is, and of what; null where it is not noted.
    private Component? polled;
    private Poller? poller;
    private ClientAddress client;

    private volatile bool isIdle = true;
    private volatile bool hasSpoken;
    private long lastProgress;

    public PolledConnection(PollLoop loop, int descriptor)
    {
        this.loop = loop;
        Descriptor = descriptor;
        lastProgress = loop.Budget.Time.GetTimestamp();
    }

    private enum Phase
    {
        // For the client to send a request.
        Reading,

        // For an evaluation.
        Asking,

        // For the client to read.
        Sending,

        // Nothing: it is closed, or the web server's.
        Ended,
    }

    private enum Next
    {
        Read,
        WebServer,
        Close,
    }

    /// <summary>Whose it is; null where it has no address.</summary>
    public IPAddress? Peer { get; init; }

    public bool HasSpoken => hasSpoken;

    public bool IsIdle => isIdle;

    public long LastProgress => Volatile.Read(ref lastProgress);

    /// <summary>Begins: answers what has arrived already, and waits for more.</summary>
    public void Begin()
    {
        place = loop.Budget.TryEnter(Peer, this);
        if (place is null)
        {
            Close();
            return;
        }

        loop.Enter(this);
        if (loop.HasPolls)
        {
            client = ClientAddress.Of(Peer);
            Read();
        }
        else
        {
            // TLS, or pages: none of it is for the loop.
            GiveToWebServer([]);
        }
    }

    public void Abort(string reason) => loop.Loop.Post(CloseIfOpen);

    public override void Ready(EpollEvents seen)
    {
        hasMore |= (seen & EpollEvents.Readable) != EpollEvents.None;
        isPeerClosed |= (seen & (EpollEvents.PeerClosed | EpollEvents.HungUp | EpollEvents.Error)) != EpollEvents.None;
        switch (phase)
        {
            case Phase.Reading:
                Read();
                break;
            case Phase.Asking when isPeerClosed:
                // It frees its place at once: a component that hangs is no way to fill them.
                Close();
                break;
            case Phase.Sending when (seen & (EpollEvents.HungUp | EpollEvents.Error)) != EpollEvents.None:
                Close();
                break;
            case Phase.Sending when (seen & EpollEvents.Writable) != EpollEvents.None:
                SendRest();
                break;
        }
    }

    public override void TimedOut() => Close();

    public override void Break(Exception exception)
    {
        loop.Broke(exception);
        CloseIfOpen();
    }

    /// <summary>Closes it as soon as nothing is in flight on it.</summary>
    public void Drain()
    {
        isDraining = true;
        if (phase == Phase.Reading)
        {
            Close();
        }
    }

    /// <summary>Closes it, unless it has ended here.</summary>
    public void CloseIfOpen()
    {
        if (phase != Phase.Ended)
        {
            Close();
        }
    }

    void IRequestTicket.Answer(Snapshot snapshot)
    {
        Volatile.Write(ref answer, snapshot);
        if (!loop.Loop.IsCurrent || !isAsking)
        {
            loop.Loop.Post(this);
        }
    }

    /// <summary>The evaluation has ended; or others had their turn, and more is to be read.</summary>
    void ILoopWork.Run()
    {
        if (phase == Phase.Reading)
        {
            Read();
            return;
        }

        if (phase != Phase.Asking || Volatile.Read(ref answer) is not { } shown)
        {
            return;
        }

        isIdle = true;
        phase = Phase.Reading;
        loop.Answers.Tell();
        if (TrySend(Write(shown, 0), end == PollEnd.Closed ? Next.Close : Next.Read, rest: unread))
        {
            Resume();
        }
    }

    // Until nothing more has arrived: what happens is reported once (EPOLLET).
    private void Read()
    {
        for (int reads = 0; phase == Phase.Reading; reads++)
        {
            if (reads == MostReads)
            {
                loop.Loop.Post(this);
                return;
            }

            hasMore = false;
            byte[] buffer = loop.Loop.Received;
            int count = LinuxSockets.Receive(Descriptor, buffer);
            if (count == -LinuxSockets.TryAgain)
            {
                Wait();
                return;
            }

            if (count > 0)
            {
                hasSpoken = true;
                loop.Answers.Tell();
                Process(buffer.AsSpan(0, count));
                if (phase == Phase.Reading && count < buffer.Length && !isPeerClosed)
                {
                    Wait();
                    return;
                }
            }
            else if (count != -LinuxSockets.Interrupted)
            {
                Close();
            }
        }
    }

    private void Wait()
    {
        if (isDraining)
        {
            Close();
            return;
        }

        loop.Idle.Enter(this);
        Watch();
    }

    private void Watch()
    {
        if (isWatched)
        {
            return;
        }

        isWatched = true;
        if (loop.Loop.Watch(this, Reading) < 0)
        {
            // No memory left for it.
            Close();
        }
    }

    private void GiveToWebServer(byte[] begun)
    {
        // The web server stops as well: it would take it, and close it unanswered.
        if (isDraining)
        {
            Close();
            return;
        }

        loop.Loop.Forget(this, staysOpen: isWatched);
        phase = Phase.Ended;
        int descriptor = Descriptor;
        Descriptor = -1;
        loop.GiveToWebServer(descriptor, begun, place!);
        loop.Leave(this);
    }

    private void Close()
    {
        loop.Loop.Forget(this);
        bool isUnanswered = phase == Phase.Asking;
        phase = Phase.Ended;
        LinuxSockets.Close(Descriptor);
        Descriptor = -1;
        if (isUnanswered)
        {
            poller?.Note(state: null, loop.Answers.Now);
        }

        try
        {
            if (place is not null)
            {
                loop.Budget.Leave(place);
            }
        }
        finally
        {
            loop.Leave(this);
        }
    }
}
