using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>A client that sends exactly the bytes it is given, and reads what comes back.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = Second(30);

    private readonly Stream stream;
    private readonly MemoryStream received = new();

    private RawConnection(Stream stream) => this.stream = stream;

    public static Task<RawConnection> OpenAsync(int port) => OpenAsync(new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>Connects.</summary>
    /// <param name="peer">To whom.</param>
    /// <param name="source">The address to come from; left out, the system's choice.</param>
    public static async Task<RawConnection> OpenAsync(EndPoint peer, IPAddress? source = null) =>
        new(await ConnectAsync(peer, source));

    public static async Task<RawConnection> OpenTlsAsync(int port, SslClientAuthenticationOptions options)
    {
        SslStream tls = new(await ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)));
        using CancellationTokenSource patience = new(Patience);
        await tls.AuthenticateAsClientAsync(options, patience.Token);
        return new(tls);
    }

    /// <summary>Sends a request on a connection of its own and reads one answer.</summary>
    public static Task<RawAnswer> AskAsync(int port, string request) =>
        AskAsync(new IPEndPoint(IPAddress.Loopback, port), request);

    /// <inheritdoc cref="AskAsync(int, string)"/>
    public static async Task<RawAnswer> AskAsync(EndPoint server, string request)
    {
        using RawConnection connection = await OpenAsync(server);
        await connection.SendAsync(request);
        return await connection.ReadAnswerAsync(isHead: request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    public static Task<RawAnswer> GetAsync(int port, string target) =>
        AskAsync(port, $"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    /// <summary>Each character is one byte.</summary>
    public async Task SendAsync(string bytes) => await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes));

    public async Task<RawAnswer> ReadAnswerAsync(bool isHead = false)
    {
        while (true)
        {
            string text = Encoding.Latin1.GetString(received.ToArray());
            int endOfHead = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (endOfHead >= 0)
            {
                RawAnswer answer = new(text[..endOfHead]);
                int length = isHead ? 0 : int.Parse(answer["Content-Length"] ?? "0", CultureInfo.InvariantCulture);
                if (text.Length >= endOfHead + 4 + length)
                {
                    Keep(text[(endOfHead + 4 + length)..]);
                    return answer with { Body = text.Substring(endOfHead + 4, length) };
                }
            }

            (await ReadMoreAsync()).ShouldBeTrue($"the connection was closed after \"{text}\"");
        }
    }

    /// <summary>Reads bytes that are no HTTP; each is one character.</summary>
    public async Task<string> ReadBytesAsync(int count)
    {
        while (received.Length < count)
        {
            (await ReadMoreAsync()).ShouldBeTrue($"the connection was closed after {received.Length} bytes");
        }

        string text = Encoding.Latin1.GetString(received.ToArray());
        Keep(text[count..]);
        return text[..count];
    }

    /// <summary>All that comes until the peer closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using CancellationTokenSource patience = new(Patience);
        using StreamReader reader = new(stream, Encoding.Latin1, leaveOpen: true);
        return await reader.ReadToEndAsync(patience.Token);
    }

    /// <summary>Whether the server closes now, without another byte.</summary>
    public async Task<bool> IsClosedAsync()
    {
        while (await ReadMoreAsync())
        {
            received.Length.ShouldBe(0, Encoding.Latin1.GetString(received.ToArray()));
        }

        return true;
    }

    public void Dispose() => stream.Dispose();

    /// <summary>What was agreed on with the server; null without TLS.</summary>
    public SslStream? Tls => stream as SslStream;

    private static async Task<NetworkStream> ConnectAsync(EndPoint peer, IPAddress? source = null)
    {
        bool isUnix = peer.AddressFamily == AddressFamily.Unix;
        Socket socket = new(
            peer.AddressFamily,
            SocketType.Stream,
            isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp
        );
        if (source is not null)
        {
            socket.Bind(new IPEndPoint(source, 0));
        }

        await socket.ConnectAsync(peer);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task<bool> ReadMoreAsync()
    {
        byte[] buffer = new byte[4096];
        using CancellationTokenSource patience = new(Patience);
        try
        {
            int count = await stream.ReadAsync(buffer, patience.Token);
            received.Write(buffer, 0, count);
            return count > 0;
        }
        catch (IOException exception)
            when (exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return false;
        }
    }

    private void Keep(string rest)
    {
        received.SetLength(0);
        received.Write(Encoding.Latin1.GetBytes(rest));
    }
}

/// <summary>An answer as it came over the wire.</summary>
internal sealed record RawAnswer(string Head)
{
    public string Body { get; init; } = "";

    public int Status => int.Parse(Head.Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>The value of a header; null where there is none.</summary>
    public string? this[string header] =>
        Head.Split("\r\n")
            .Skip(1)
            .Where(line => line.StartsWith(header + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(header.Length + 1)..].Trim())
            .FirstOrDefault();
}
