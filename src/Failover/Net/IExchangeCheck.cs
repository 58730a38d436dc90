using System.Runtime.Versioning;

namespace Failover;

/// <summary>A check that may come to one exchange in plain text over one connection to one address: an event loop can run it whole.</summary>
internal interface IExchangeCheck : ILoopCheck
{
    /// <summary>Where to; null where the check needs more.</summary>
    TcpPath? OnlyPath { get; }

    /// <summary>How long all of it may take, the connect included.</summary>
    TimeSpan Timeout { get; }

    /// <summary>Talks, and judges what is said. It does not block; what takes long is done on a thread of the pool, and ends there.</summary>
    /// <param name="stream">The connection, which the caller closes. It may be closed here earlier.</param>
    /// <param name="phases">Takes how long each phase lasts.</param>
    /// <param name="deadline">The end of the time for it, where the stream does not know it.</param>
    ValueTask<Observation> TalkAsync(Stream stream, PhaseTimes phases, CancellationToken deadline);

    [SupportedOSPlatform("linux")]
    ILoopProbe? ILoopCheck.ProbeOn(EventLoop loop, long number, ILoopProbeOwner owner) =>
        OnlyPath is { Source: null } path ? new LoopExchange(loop, this, path, number, owner) : null;
}
