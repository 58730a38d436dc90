using System.Buffers;
using System.Text;

namespace Failover;

/// <summary>Reads lines and blocks of bytes from a connection, within a bounded buffer.</summary>
/// <param name="stream">The connection.</param>
/// <param name="begun">Called when the first byte has come.</param>
internal sealed class AnswerLines(Stream stream, Action? begun = null) : IDisposable
{
    private readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(HttpAnswer.LargestHead);
    private int start;
    private int end;
    private int lineBytes;
    private bool hasBegun;

    /// <summary>Lets lines that follow have bounds of their own: between the chunks of a body.</summary>
    public void ForgetLines() => lineBytes = 0;

    /// <summary>Whether more may be taken from the connection than is read here; else what follows is left to whoever reads it next, and lines
    /// come byte by byte.</summary>
    public bool IsReadAhead { get; init; } = true;

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    /// <summary>Waits for the first bytes, or the end of the connection: what is read next is there then, or most of it.</summary>
    public async ValueTask BeginAsync(CancellationToken deadline) => await FillAsync(deadline);

    /// <summary>The next line, without its end; null where the connection ended before it began.</summary>
    /// <exception cref="MalformedAnswerException">All lines together are larger than is read.</exception>
    /// <exception cref="EndOfStreamException">The connection ended within it.</exception>
    public ValueTask<string?> ReadLineAsync(CancellationToken deadline)
    {
        int searched = 0;
        return TryTakeLine(ref searched) is { } line ? new(line) : FillUntilLineAsync(searched, deadline);
    }

    /// <summary>Up to so many bytes; 0 where the connection has ended.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken deadline)
    {
        if (start == end && await FillAsync(deadline) == 0)
        {
            return 0;
        }

        int length = Math.Min(into.Length, end - start);
        buffer.AsMemory(start, length).CopyTo(into);
        start += length;
        return length;
    }

    private async ValueTask<string?> FillUntilLineAsync(int searched, CancellationToken deadline)
    {
        while (true)
        {
            if (await FillAsync(deadline) == 0)
            {
                return searched == 0 ? null : throw new EndOfStreamException();
            }

            if (TryTakeLine(ref searched) is { } line)
            {
                return line;
            }
        }
    }

    // A line that has come whole; what is searched for its end already is not searched again.
    private string? TryTakeLine(ref int searched)
    {
        // RFC 9112, 2.2: a LF alone is a line end, too.
        int length = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
        if (length < 0)
        {
            searched = end - start;
            RequireBounds(lineBytes + searched);
            return null;
        }

        length += searched;
        lineBytes += length + 1;
        RequireBounds(lineBytes);
        ReadOnlySpan<byte> line = buffer.AsSpan(start, length);
        start += length + 1;
        return Encoding.Latin1.GetString(line is [.., (byte)'\r'] ? line[..^1] : line);
    }

    private static void RequireBounds(int bytes)
    {
        if (bytes > HttpAnswer.LargestHead)
        {
            throw new MalformedAnswerException($"its head is larger than {HttpAnswer.LargestHead / 1024} KiB");
        }
    }

    private async ValueTask<int> FillAsync(CancellationToken deadline)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            throw new MalformedAnswerException($"its head is larger than {HttpAnswer.LargestHead / 1024} KiB");
        }

        int read = await stream.ReadAsync(IsReadAhead ? buffer.AsMemory(end) : buffer.AsMemory(end, 1), deadline);
        end += read;
        if (read > 0 && !hasBegun)
        {
            hasBegun = true;
            begun?.Invoke();
        }

        return read;
    }
}
