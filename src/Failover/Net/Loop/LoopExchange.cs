using System.Runtime.Versioning;

namespace Failover;

/// <summary>One probe on an event loop of a check that talks over one connection: connect, send, receive and judge, without a hop
/// between threads.</summary>
/// <param name="loop">The loop.</param>
/// <param name="check">The check.</param>
/// <param name="path">Where to.</param>
/// <param name="number">Which of its owner's.</param>
/// <param name="owner">Takes what comes of it.</param>
[SupportedOSPlatform("linux")]
#pragma warning disable CA1001 // The stream is disposed of where it is made.
internal sealed class LoopExchange(
    EventLoop loop,
    IExchangeCheck check,
    TcpPath path,
    long number,
    ILoopProbeOwner owner
) : ILoopProbe
#pragma warning restore CA1001
{
    private LoopStream? stream;
    private volatile bool isAbandoned;

    /// <summary>Begins. On the loop.</summary>
    public void Run()
    {
        if (!isAbandoned)
        {
            _ = RunAsync();
        }
    }

    public void Defer() => loop.Defer(this);

    public void Abandon(long probe) => loop.Post(End);

    private async Task RunAsync()
    {
        long started = loop.Time.GetTimestamp();
        Observation seen;
        try
        {
            seen = await ProbeAsync();
        }
#pragma warning disable CA1031 // Whatever breaks here is an observation like any other.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            seen = Observation.Error($"{exception.GetType().Name}: {exception.Message}");
        }

        owner.Ended(number, isAbandoned ? Cancelled() : seen, started, loop.Time.GetTimestamp());
    }

    private async ValueTask<Observation> ProbeAsync()
    {
        PhaseTimes phases = new(loop.Time, check.Timeout);
        phases.Begin(ProbePhase.Connect);
        await using (stream = new(loop, path))
        {
            TcpAttempt attempt = await stream.ConnectAsync(check.Timeout);
            return phases.AddTo(
                attempt.Ending == TcpEnding.Connected
                    ? await check.TalkAsync(stream, phases, CancellationToken.None)
                    : attempt.Fault.Verdict
            );
        }
    }

    private void End()
    {
        if (isAbandoned)
        {
            return;
        }

        isAbandoned = true;
        if (stream is not null)
        {
            stream.Abort();
            return;
        }

        long now = loop.Time.GetTimestamp();
        owner.Ended(number, Cancelled(), now, now);
    }

    private static Observation Cancelled() => Observation.Error("cancelled");
}
