namespace Failover;

/// <summary>The beginning of a body, up to <see cref="HttpAnswer.LargestBody"/>.</summary>
internal sealed class BodyBuffer
{
    private const int Block = 4096;

    private byte[] buffer = [];
    private int length;

    /// <summary>Whether there is more than was read.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Reads so many bytes more, as far as there is room.</summary>
    /// <param name="lines">The connection.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="isToTheEnd">Whether the end of the connection ends them.</param>
    /// <param name="deadline">The end of the time for it.</param>
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    public async ValueTask ReadAsync(AnswerLines lines, long count, bool isToTheEnd, CancellationToken deadline)
    {
        for (long left = count; left > 0; )
        {
            int room = HttpAnswer.LargestBody - length;
            if (room == 0)
            {
                // Only the next byte, or none, tells whether a body without a length has ended here.
                IsCut = !isToTheEnd || await lines.ReadAsync(new byte[1], deadline) > 0;
                return;
            }

            int most = (int)Math.Min(Math.Min(left, room), Block);
            Grow(most);
            int got = await lines.ReadAsync(buffer.AsMemory(length, most), deadline);
            if (got == 0)
            {
                if (isToTheEnd)
                {
                    return;
                }

                throw new EndOfStreamException();
            }

            length += got;
            left -= got;
        }
    }

    /// <summary>The answer with this body.</summary>
    public HttpAnswer Complete(HttpAnswer answer) =>
        answer with
        {
            Body = length == buffer.Length ? buffer : buffer[..length],
            IsCut = IsCut,
        };

    // Of a short body of known length, just that: it is the answer's then, without a copy.
    private void Grow(int by)
    {
        if (buffer.Length - length < by)
        {
            Array.Resize(ref buffer, length == 0 ? by : Math.Max(length + by, length * 2));
        }
    }
}
