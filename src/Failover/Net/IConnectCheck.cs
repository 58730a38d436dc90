using System.Runtime.Versioning;

namespace Failover;

/// <summary>A check that may come to no more than a connect to one address: an event loop can run it whole.</summary>
internal interface IConnectCheck : ILoopCheck
{
    /// <summary>Where to, and where from; null where the check needs more than a connect.</summary>
    TcpPath? OnlyPath { get; }

    /// <summary>How the connection is given up.</summary>
    TcpClose Close { get; }

    /// <summary>How long the connect may take.</summary>
    TimeSpan Timeout { get; }

    /// <summary>Judges it.</summary>
    /// <param name="attempt">What came of it; without a socket.</param>
    /// <param name="took">How long it took.</param>
    Observation Judge(in TcpAttempt attempt, TimeSpan took);

    [SupportedOSPlatform("linux")]
    ILoopProbe? ILoopCheck.ProbeOn(EventLoop loop, long number, ILoopProbeOwner owner)
    {
        if (OnlyPath is not { Source: null } path)
        {
            return null;
        }

        LoopConnect connect = owner.TakeUnused() ?? new(owner);
        connect.Prepare(loop, this, path, number);
        return connect;
    }
}
