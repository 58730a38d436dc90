using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Failover;

/// <summary>What a client is sent, which tells whether it takes it.</summary>
/// <param name="inner">Where it goes.</param>
/// <param name="taken">Is called when there is room for more.</param>
internal sealed class TrackedOutput(PipeWriter inner, Action taken) : PipeWriter
{
    private volatile bool isWaiting;

    public bool IsWaiting => isWaiting;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    // It is the client's turn before the client can know. Without a new object for every wait.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        isWaiting = true;
        try
        {
            FlushResult flushed = await inner.FlushAsync(cancellationToken);
            taken();
            return flushed;
        }
        finally
        {
            isWaiting = false;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source,
        CancellationToken cancellationToken = default
    )
    {
        isWaiting = true;
        try
        {
            FlushResult flushed = await inner.WriteAsync(source, cancellationToken);
            taken();
            return flushed;
        }
        finally
        {
            isWaiting = false;
        }
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
}
