using System.Buffers;
using System.Text;

namespace Failover;

/// <summary>A request of the plainest kind: a whole head that reads the same to every server, and nothing behind it that belongs to it.</summary>
/// <remarks>
/// GET, HEAD or OPTIONS of HTTP/1.0 or 1.1, with a path in origin form and without an escape, with one Host where HTTP/1.1 demands one, and with no
/// header that changes how the message is read. Anything else, be it wrong or only unusual, is for the web server to
/// judge: what is not plain here may well be valid (RFC 9112, RFC 9110).
/// </remarks>
internal readonly ref struct PollRequest
{
    private const int MostHeaders = 64;
    private const int LongestPort = 5;
    private const int ShortestIPv6 = 5; // With its brackets, and as the web server has it: [::1]

    private static readonly SearchValues<byte> PathBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:@!$&'()*+,;="u8
    );
    private static readonly SearchValues<byte> QueryBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:@!$&'()*+,;=?%"u8
    );
    private static readonly SearchValues<byte> NameBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8
    );
    private static readonly SearchValues<byte> HostBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"u8
    );

    private static readonly SearchValues<byte> IPv6Bytes = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    // Printable ASCII with the space, and the tab.
    private static readonly SearchValues<byte> LineBytes = SearchValues.Create([
        (byte)'\t',
        .. Enumerable.Range(' ', '~' - ' ' + 1).Select(character => (byte)character),
    ]);

    private PollRequest(PollMethod method, ReadOnlySpan<byte> path, PollEnd end, int length, HeadersSeen seen)
    {
        Method = method;
        Path = path;
        End = end;
        Length = length;
        UserAgent = seen.UserAgent;
        ForwardedFor = seen.ForwardedFor;
    }

    public PollMethod Method { get; }

    /// <summary>The path, beginning with its slash, without the query.</summary>
    public ReadOnlySpan<byte> Path { get; }

    public PollEnd End { get; }

    /// <summary>How many bytes it takes.</summary>
    public int Length { get; }

    /// <summary>What the client calls itself; empty where it does not say.</summary>
    public ReadOnlySpan<byte> UserAgent { get; }

    /// <summary>The one <c>X-Forwarded-For</c>; empty where there is none.</summary>
    public ReadOnlySpan<byte> ForwardedFor { get; }

    /// <summary>Reads the request that the bytes begin with.</summary>
    /// <returns>Whether there is a whole one, and of the plainest kind.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PollRequest request)
    {
        request = default;
        ReadOnlySpan<byte> rest = bytes;
        if (
            !TryReadMethod(ref rest, out PollMethod method)
            || !TryReadTarget(ref rest, out int pathLength)
            || !TryReadVersion(ref rest, out bool isHttp10)
            || !TryReadHeaders(ref rest, out HeadersSeen seen)
            || (!isHttp10 && !seen.HasHost)
        )
        {
            return false;
        }

        PollEnd end =
            seen.Connection == ConnectionHeader.Close ? PollEnd.Closed
            : !isHttp10 ? PollEnd.Open
            : seen.Connection == ConnectionHeader.KeepAlive ? PollEnd.KeptAlive
            : PollEnd.Closed;
        request = new(method, bytes.Slice(MethodLength(method), pathLength), end, bytes.Length - rest.Length, seen);
        return true;
    }

    // Methods are case-sensitive (RFC 9110, 9.1).
    private static bool TryReadMethod(ref ReadOnlySpan<byte> rest, out PollMethod method)
    {
        method =
            rest.StartsWith("HEAD /"u8) ? PollMethod.Head
            : rest.StartsWith("OPTIONS /"u8) ? PollMethod.Options
            : PollMethod.Get;
        bool isKnown = method != PollMethod.Get || rest.StartsWith("GET /"u8);
        rest = isKnown ? rest[MethodLength(method)..] : default;
        return isKnown;
    }

    // With the space behind it.
    private static int MethodLength(PollMethod method) =>
        method switch
        {
            PollMethod.Get => 4,
            PollMethod.Head => 5,
            PollMethod.Options => 8,
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, "no such method"),
        };

    private static bool TryReadTarget(ref ReadOnlySpan<byte> rest, out int pathLength)
    {
        pathLength = rest.IndexOfAnyExcept(PathBytes);
        rest = pathLength < 0 ? default : rest[pathLength..];
        if (!rest.IsEmpty && rest[0] == '?')
        {
            int end = rest.IndexOfAnyExcept(QueryBytes);
            rest = end < 0 ? default : rest[end..];
        }

        return !rest.IsEmpty && rest[0] == ' ';
    }

    private static bool TryReadVersion(ref ReadOnlySpan<byte> rest, out bool isHttp10)
    {
        ReadOnlySpan<byte> version = " HTTP/1.1\r\n"u8;
        isHttp10 = rest.StartsWith(" HTTP/1.0\r\n"u8);
        if (!isHttp10 && !rest.StartsWith(version))
        {
            return false;
        }

        rest = rest[version.Length..];
        return true;
    }

    private static bool TryReadHeaders(scoped ref ReadOnlySpan<byte> rest, out HeadersSeen seen)
    {
        seen = default;
        for (int count = 0; count <= MostHeaders; count++)
        {
            int end = rest.IndexOfAnyExcept(LineBytes);
            if (end < 0 || !rest[end..].StartsWith("\r\n"u8))
            {
                return false;
            }

            ReadOnlySpan<byte> line = rest[..end];
            rest = rest[(end + 2)..];
            if (line.IsEmpty)
            {
                return true;
            }

            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(NameBytes))
            {
                return false;
            }

            if (!seen.TryTake(line[..colon], line[(colon + 1)..].Trim(" \t"u8)))
            {
                return false;
            }
        }

        return false;
    }

    private static bool IsPlainHost(ReadOnlySpan<byte> host)
    {
        int end;
        if (!host.IsEmpty && host[0] == '[')
        {
            end = host.IndexOf((byte)']') + 1;
            if (end < ShortestIPv6 || host[1..(end - 1)].ContainsAnyExcept(IPv6Bytes))
            {
                return false;
            }
        }
        else
        {
            end = host.IndexOfAnyExcept(HostBytes);
            end = end < 0 ? host.Length : end;
        }

        ReadOnlySpan<byte> port = host[end..];
        return end > 0
            && (
                port.IsEmpty
                || (
                    port[0] == ':'
                    && port.Length is >= 2 and <= LongestPort + 1
                    && !port[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9')
                )
            );
    }

    private enum ConnectionHeader
    {
        None,
        KeepAlive,
        Close,
    }

    // Those of the headers that say how the message is to be read, or who has sent it.
    private ref struct HeadersSeen
    {
        public bool HasHost { get; private set; }

        public ConnectionHeader Connection { get; private set; }

        public ReadOnlySpan<byte> UserAgent { get; private set; }

        public ReadOnlySpan<byte> ForwardedFor { get; private set; }

        public bool TryTake(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            switch (name.Length)
            {
                case 4 when Is(name, "host"u8):
                    bool isOnly = !HasHost;
                    HasHost = true;
                    return isOnly && IsPlainHost(value);
                case 6 when Is(name, "expect"u8):
                case 7 when Is(name, "upgrade"u8) || Is(name, "trailer"u8):
                case 14 when Is(name, "content-length"u8):
                case 17 when Is(name, "transfer-encoding"u8):
                    return false;
                // JSON may be wanted: only a type that is named counts.
                case 6 when Is(name, "accept"u8):
                    return !value.ContainsAny((byte)'j', (byte)'J');
                case 10 when Is(name, "user-agent"u8):
                    UserAgent = UserAgent.IsEmpty ? value : UserAgent;
                    return true;
                case 15 when Is(name, "x-forwarded-for"u8):
                    bool isOneList = ForwardedFor.IsEmpty;
                    ForwardedFor = value;
                    return isOneList;
                case 10 when Is(name, "connection"u8):
                    bool isFirst = Connection == ConnectionHeader.None;
                    Connection =
                        Is(value, "close"u8) ? ConnectionHeader.Close
                        : Is(value, "keep-alive"u8) ? ConnectionHeader.KeepAlive
                        : ConnectionHeader.None;
                    return isFirst && Connection != ConnectionHeader.None;
                default:
                    return true;
            }
        }

        private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> expected) =>
            Ascii.EqualsIgnoreCase(text, expected);
    }
}
