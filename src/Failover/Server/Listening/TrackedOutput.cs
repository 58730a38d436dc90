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

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        TrackAsync(inner.FlushAsync(cancellationToken));

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source,
        CancellationToken cancellationToken = default
    ) => TrackAsync(inner.WriteAsync(source, cancellationToken));

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    // Without a new object for every wait.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> TrackAsync(ValueTask<FlushResult> flushing)
    {
        isWaiting = true;
        try
        {
            FlushResult flushed = await flushing;
            taken();
            return flushed;
        }
        finally
        {
            isWaiting = false;
        }
    }
}
