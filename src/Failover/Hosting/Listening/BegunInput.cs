using System.Buffers;
using System.IO.Pipelines;

namespace Failover;

/// <summary>What a client sends, of which the beginning has been read already.</summary>
/// <remarks>What was read, and what comes after it until it is used up, is held here in one piece: a head, that is, which the
/// reader bounds. From then on everything comes from the inner reader.</remarks>
/// <param name="begun">The beginning; not empty.</param>
/// <param name="inner">Where the rest comes from.</param>
internal sealed class BegunInput(ReadOnlyMemory<byte> begun, PipeReader inner) : PipeReader
{
    private ReadOnlyMemory<byte> held = begun;

    // What is held is at its end; null before there is more than the beginning.
    private byte[]? buffer;
    private int used;
    private volatile bool isReadingInner;
    private ReadOnlySequence<byte> shown;

    // Whether the reader has seen all that is held, and wants more.
    private bool isExamined;
    private bool isCancelled;
    private bool isInnerComplete;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (held.IsEmpty)
        {
            return await inner.ReadAsync(cancellationToken);
        }

        if (isExamined && !isCancelled && !isInnerComplete)
        {
            isReadingInner = true;
            try
            {
                Add(await inner.ReadAsync(cancellationToken));
            }
            finally
            {
                isReadingInner = false;
            }
        }

        return Held();
    }

    public override bool TryRead(out ReadResult result)
    {
        if (held.IsEmpty)
        {
            return inner.TryRead(out result);
        }

        if (isExamined && !isCancelled && !isInnerComplete)
        {
            if (!inner.TryRead(out ReadResult more))
            {
                result = default;
                return false;
            }

            Add(more);
        }

        result = Held();
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (held.IsEmpty)
        {
            inner.AdvanceTo(consumed, examined);
            return;
        }

        isExamined = shown.Slice(examined).IsEmpty;
        held = held[(int)shown.Slice(shown.Start, consumed).Length..];
    }

    public override void CancelPendingRead()
    {
        // Reported once: by this, or by the inner reader.
        if (held.IsEmpty || isReadingInner)
        {
            inner.CancelPendingRead();
        }
        else
        {
            isCancelled = true;
        }
    }

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private void Add(ReadResult more)
    {
        int length = held.Length + (int)more.Buffer.Length;
        if (buffer is null || used + more.Buffer.Length > buffer.Length)
        {
            // Twice as much as is needed: a head may come byte by byte.
            byte[] larger = new byte[2 * length];
            held.CopyTo(larger);
            (buffer, used) = (larger, held.Length);
        }

        more.Buffer.CopyTo(buffer.AsSpan(used));
        used += (int)more.Buffer.Length;
        held = buffer.AsMemory(used - length, length);
        isCancelled |= more.IsCanceled;
        isInnerComplete = more.IsCompleted;
        inner.AdvanceTo(more.Buffer.End);
        isExamined = false;
    }

    private ReadResult Held()
    {
        bool wasCancelled = isCancelled;
        isCancelled = false;
        shown = new(held);
        return new(shown, wasCancelled, isInnerComplete);
    }
}
