using System.Runtime.Versioning;

namespace Failover;

/// <summary>A connect on an event loop for who asks from elsewhere.</summary>
[SupportedOSPlatform("linux")]
internal sealed class AwaitedConnect()
    : TaskCompletionSource<Observation>(TaskCreationOptions.RunContinuationsAsynchronously),
        LoopConnect.IOwner
{
    /// <summary>Connects, and judges.</summary>
    /// <param name="check">The check.</param>
    /// <param name="path">Where to.</param>
    /// <param name="loop">Where it runs.</param>
    /// <param name="cancellationToken">Ends it: no descriptor is left then.</param>
    public static async Task<Observation> RunAsync(
        IConnectCheck check,
        TcpPath path,
        EventLoop loop,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        AwaitedConnect awaited = new();
        LoopConnect connect = new(awaited);
        connect.Prepare(loop, check, path, probe: 0);
        connect.Defer();
        await using CancellationTokenRegistration stop = cancellationToken.UnsafeRegister(
            static connect => ((LoopConnect)connect!).Abandon(probe: 0),
            connect
        );
        Observation seen = await awaited.Task;
        cancellationToken.ThrowIfCancellationRequested();
        return seen;
    }

    void LoopConnect.IOwner.Ended(long number, Observation seen, long started, long ended) => TrySetResult(seen);
}
