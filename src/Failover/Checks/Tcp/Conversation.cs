using System.Buffers;
using System.Net.Security;
using System.Text;

namespace Failover;

/// <summary>Sends to a target and reads what it says, within a bounded buffer and one deadline.</summary>
/// <param name="stream">The connection, which remains the caller's.</param>
/// <param name="time">The clock.</param>
/// <param name="phases">Takes how long each phase lasts.</param>
/// <param name="deadline">The end of the time for all of it.</param>
internal sealed class Conversation(Stream stream, TimeProvider time, PhaseTimes phases, CancellationToken deadline)
    : IDisposable
{
    /// <summary>The most that is read in all, in bytes.</summary>
    public const int Largest = 64 * 1024;

    private const string Sending = "sending";
    private const int FirstBlock = 512;

    // Below it, a regular expression is matched at each read, however little that gives.
    private const int SmallText = 4096;
    private static readonly byte[] LineEnd = "\n"u8.ToArray();
    private static readonly TimeSpan MatchPause = TimeSpan.FromMilliseconds(10);

    private Stream stream = stream;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBlock);
    private int start;
    private int end;
    private int mark;
    private string doing = Sending;
    private IOException? sendFault;

    /// <summary>What it is at, for people: <c>waiting for the banner</c>, and what has come of that.</summary>
    public string Doing => mark == end ? doing : $"{doing}, received {Shown(buffer.AsSpan(mark, end - mark))}";

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    /// <summary>Sends. A target that has closed may have said why: its answer counts, and without one, <see cref="RequireSent"/>.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Begin(Sending);
        try
        {
            await stream.WriteAsync(bytes, deadline);
            await stream.FlushAsync(deadline);
        }
        catch (IOException fault)
        {
            sendFault ??= fault;
        }
    }

    /// <summary>Sends a line.</summary>
    public ValueTask SendLineAsync(string line) => SendAsync(Encoding.ASCII.GetBytes($"{line}\r\n"));

    /// <exception cref="IOException">Something could not be sent.</exception>
    public void RequireSent()
    {
        if (sendFault is not null)
        {
            throw new IOException(sendFault.Message, sendFault);
        }
    }

    /// <summary>Sends what nobody waits for.</summary>
    public async ValueTask TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAsync(bytes);
        }
        catch (OperationCanceledException)
        {
            // The deadline: what was asked has been answered before it.
        }
    }

    /// <summary>Nothing may have come that was not asked for: it would count as said over TLS, which begins now (CVE-2011-0411).</summary>
    /// <exception cref="UnexpectedAnswerException">Something has.</exception>
    public void RequireNothingAhead()
    {
        if (start != end)
        {
            throw new UnexpectedAnswerException($"target sent {Shown(buffer.AsSpan(start, end - start))} ahead of TLS");
        }
    }

    /// <summary>Goes on over TLS.</summary>
    public void Encrypt(SslStream encrypted)
    {
        stream = encrypted;
        phases.Begin(end == 0 ? ProbePhase.FirstByte : ProbePhase.Rest);
    }

    /// <summary>The next line, without its end.</summary>
    /// <param name="awaited">What it is, for people.</param>
    public async ValueTask<string> ReadLineAsync(string awaited)
    {
        int begin = start;
        await FindAsync(LineEnd, $"the {awaited}");
        ReadOnlySpan<byte> line = buffer.AsSpan(begin, start - begin - 1);
        return Encoding.Latin1.GetString(line is [.., (byte)'\r'] ? line[..^1] : line);
    }

    /// <summary>So many bytes, valid until the next read.</summary>
    /// <param name="count">How many.</param>
    /// <param name="awaited">What they are, for people.</param>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(int count, string awaited)
    {
        Begin($"waiting for the {awaited}");
        while (end - start < count)
        {
            await FillAsync();
        }

        start += count;
        return buffer.AsMemory(start - count, count);
    }

    /// <summary>Waits until a text has come, and goes on behind it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="awaited">What it is, for people.</param>
    public async ValueTask FindAsync(ReadOnlyMemory<byte> text, string awaited)
    {
        Begin($"waiting for {awaited}");
        for (int from = start; ; )
        {
            int found = buffer.AsSpan(from, end - from).IndexOf(text.Span);
            if (found >= 0)
            {
                start = from + found + text.Length;
                return;
            }

            from = Math.Max(from, end - text.Length + 1);
            await FillAsync();
        }
    }

    /// <summary>Waits until what has come matches from its beginning, and goes on behind the match.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="awaited">What matches it, for people.</param>
    public async ValueTask MatchAsync(TextPattern pattern, string awaited)
    {
        Begin($"waiting for {awaited}");
        while (true)
        {
            if (end > start && LengthOf(pattern) is { } length)
            {
                start += length;
                return;
            }

            // A target that sends byte by byte would have all of it matched at each.
            if (end - start > SmallText)
            {
                await Task.Delay(MatchPause, time, deadline);
            }

            await FillAsync();
        }
    }

    private int? LengthOf(TextPattern pattern)
    {
        char[] text = ArrayPool<char>.Shared.Rent(end - start);
        try
        {
            int length = Encoding.Latin1.GetChars(buffer.AsSpan(start, end - start), text);
            return pattern.LengthAtStart(text.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }
    }

    // What has come of several lines that are awaited for one purpose is shown together.
    private void Begin(string next) => (doing, mark) = (next, next == doing ? mark : start);

    private static string Shown(ReadOnlySpan<byte> received) =>
        // Latin-1 has a character for each byte. Line ends at the end say nothing.
        Printable.Excerpt(
            Encoding
                .Latin1.GetString(received[..Math.Min(received.Length, Printable.LongestExcerpt + 1)])
                .TrimEnd('\r', '\n')
        );

    private async ValueTask FillAsync()
    {
        if (end == Largest)
        {
            throw new UnexpectedAnswerException($"more than {Largest / 1024} KiB came while {Doing}");
        }

        if (end == buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(Largest, 2 * end));
            buffer.AsSpan(0, end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        int read = await stream.ReadAsync(buffer.AsMemory(end, Math.Min(buffer.Length, Largest) - end), deadline);
        if (read == 0)
        {
            RequireSent();
            throw new EndOfStreamException();
        }

        if (end == 0)
        {
            phases.Begin(ProbePhase.Rest);
        }

        end += read;
    }
}
