namespace Failover;

// From what was read to what is sent.
internal sealed partial class PolledConnection
{
    // Answers in the order of the requests: what can be answered here, until something else comes.
    private void Process(ReadOnlySpan<byte> bytes)
    {
        int length = 0;
        while (!bytes.IsEmpty)
        {
            if (!PollRequest.TryRead(bytes, out PollRequest request) || loop.Find(request.Path) is not { } component)
            {
                if (TrySend(length, Next.WebServer, bytes))
                {
                    GiveToWebServer(bytes.ToArray());
                }

                return;
            }

            // An evaluation may take its time: the answers before it do not wait for it, nor for a buffer to be filled.
            bool isBehindOthers =
                length > 0 && (component.IsOnDemand || length + PollAnswers.Longest > loop.Output.Length);
            if (isBehindOthers && !TrySend(length, Next.Read, bytes))
            {
                return;
            }

            length = isBehindOthers ? 0 : length;
            bytes = bytes[request.Length..];
            if (Ask(request, component) is not { } shown)
            {
                isIdle = false;
                phase = Phase.Asking;
                unread = bytes.IsEmpty ? null : bytes.ToArray();
                loop.Asking.Enter(this);
                Watch();
                if (isPeerClosed && phase == Phase.Asking)
                {
                    Close();
                }

                return;
            }

            length = Write(shown, length);
            if (end == PollEnd.Closed)
            {
                if (TrySend(length, Next.Close, []))
                {
                    Close();
                }

                return;
            }
        }

        _ = TrySend(length, Next.Read, []);
    }

    private Snapshot? Ask(in PollRequest request, Component component)
    {
        (method, end, mayBePosted) = (request.Method, request.End, component.OnPost is not null);
        poller = PollerOf(request, component);
        polled = component;
        answer = null;
        isAsking = true;
        Snapshot? shown = component.Ask(this) ?? Volatile.Read(ref answer);
        isAsking = false;
        return shown;
    }

    // Nearly always the one of the request before.
    private Poller? PollerOf(in PollRequest request, Component component)
    {
        ReadOnlySpan<byte> agent = request.UserAgent[..Math.Min(request.UserAgent.Length, Poller.LongestAgent)];
        ClientAddress address = request.ForwardedFor.IsEmpty
            ? client
            : ClientAddress.Of(loop.ClientOf(Peer, request.ForwardedFor));
        return component == polled && poller is { IsListed: true } known && known.Is(address, agent)
            ? known
            : component.PollerOf(address, agent, loop.Answers.Now);
    }

    private int Write(Snapshot shown, int length)
    {
        poller?.Note(shown.State, loop.Answers.Now);
        answer = null;
        end = isDraining ? PollEnd.Closed : end;
        loop.Tally?.Count(shown.State);
        return length + loop.Answers.Write(shown.State, method, mayBePosted, end, loop.Output.AsSpan(length));
    }

    // Whether all is sent. Where the client does not read, the rest waits, and what comes after it.
    private bool TrySend(int length, Next next, ReadOnlySpan<byte> rest) =>
        length == 0 || TrySend(loop.Output.AsSpan(0, length), next, rest);

    private bool TrySend(ReadOnlySpan<byte> bytes, Next next, ReadOnlySpan<byte> rest)
    {
        int sent = LinuxSockets.Send(Descriptor, bytes);
        if (sent == bytes.Length)
        {
            Volatile.Write(ref lastProgress, loop.Budget.Time.GetTimestamp());
            return true;
        }

        if (sent < 0 && sent is not (-LinuxSockets.TryAgain or -LinuxSockets.Interrupted or -LinuxSockets.NoBuffers))
        {
            Close();
            return false;
        }

        unsent = bytes[Math.Max(0, sent)..].ToArray();
        unread = rest.IsEmpty ? null : rest.ToArray();
        afterwards = next;
        phase = Phase.Sending;
        loop.Sending.Enter(this);
        Watch();
        if (phase == Phase.Sending)
        {
            loop.Loop.Change(this, Reading | EpollEvents.Writable);
        }

        return false;
    }

    private void SendRest()
    {
        if (!TrySend(unsent, afterwards, unread))
        {
            return;
        }

        unsent = null;
        loop.Loop.Change(this, Reading);
        phase = Phase.Reading;
        switch (afterwards)
        {
            case Next.Read:
                Resume();
                break;
            case Next.WebServer:
                GiveToWebServer(unread ?? []);
                break;
            case Next.Close:
                Close();
                break;
        }
    }

    // With what was read behind the request that is answered, and then with what has arrived since.
    private void Resume()
    {
        if (end == PollEnd.Closed)
        {
            Close();
            return;
        }

        byte[]? bytes = unread;
        unread = null;
        Process(bytes);
        if (phase == Phase.Reading && (hasMore || isPeerClosed))
        {
            Read();
        }
        else if (phase == Phase.Reading)
        {
            Wait();
        }
    }
}
