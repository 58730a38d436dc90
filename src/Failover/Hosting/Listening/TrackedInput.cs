using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Failover;

/// <summary>What a client sends, which tells whether it is waited for.</summary>
/// <param name="inner">Where it comes from.</param>
/// <param name="received">Is called when there is something to work on.</param>
internal sealed class TrackedInput(PipeReader inner, Action received) : PipeReader
{
    private volatile bool isWaiting;

    public bool IsWaiting => isWaiting;

    // Without a new object for every wait: there is one for each request.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        isWaiting = true;
        try
        {
            ReadResult read = await inner.ReadAsync(cancellationToken);
            Note(read);
            return read;
        }
        finally
        {
            isWaiting = false;
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        bool hasRead = inner.TryRead(out result);
        if (hasRead)
        {
            Note(result);
        }

        return hasRead;
    }

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private void Note(in ReadResult read)
    {
        if (!read.Buffer.IsEmpty)
        {
            received();
        }
    }
}
