using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>A conversation with a mail server (RFC 5321).</summary>
internal sealed class SmtpSession : IAsyncDisposable
{
    // RFC 5321, 4.5.3.1.5, says 512 for a line; nobody says how many there may be.
    private const int LongestLine = 2048;
    private const int MostLines = 100;

    private readonly Socket socket;
    private readonly string host;
    private readonly CancellationToken deadline;
    private readonly byte[] buffer = new byte[LongestLine];
    private Stream stream;
    private int start;
    private int end;

    // The keywords that it offers, each with its parameters.
    private string[][] offers = [];

    private SmtpSession(NetworkStream connection, string host, CancellationToken deadline) =>
        (socket, this.host, this.deadline, stream) = (connection.Socket, host, deadline, connection);

    /// <summary>Connects.</summary>
    /// <param name="host">The server.</param>
    /// <param name="port">Its port.</param>
    /// <param name="deadline">Ends the whole conversation.</param>
    public static async Task<SmtpSession> OpenAsync(string host, int port, CancellationToken deadline) =>
        new(await Outgoing.ConnectAsync(host, port, TimeProvider.System, deadline), host, deadline);

    /// <summary>Reads the greeting, and begins TLS.</summary>
    /// <exception cref="SmtpRefusedException">It does not greet, or offers no TLS where it has to.</exception>
    public async Task BeginAsync(SmtpSecurity security, string? ca)
    {
        if (security == SmtpSecurity.Tls)
        {
            await EncryptAsync(ca);
        }

        Demand(await ReadAsync(), 2, "the greeting");
        await GreetAsync();
        if (security != SmtpSecurity.StartTls)
        {
            return;
        }

        if (!Offers("STARTTLS"))
        {
            throw new SmtpRefusedException("offers no STARTTLS");
        }

        Demand(await AskAsync("STARTTLS"), 2, "STARTTLS");
        if (start < end)
        {
            // It would be taken for what the server says over TLS, and may have been put in on the way.
            throw new SmtpRefusedException("says more before TLS than it is asked for");
        }

        await EncryptAsync(ca);
        // What was offered before may not have been the server's word (RFC 3207, 4.2).
        await GreetAsync();
    }

    /// <summary>Logs in. Only over TLS: callers see to that.</summary>
    /// <exception cref="SmtpRefusedException">It does not let the user in.</exception>
    public async Task LogInAsync(string username, string password)
    {
        if (stream is not SslStream)
        {
            throw new InvalidOperationException("a password without TLS");
        }

        string[] ways = [.. offers.Where(offer => offer[0] == "AUTH").SelectMany(offer => offer[1..])];
        if (ways.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            // RFC 4616
            Demand(await AskAsync($"AUTH PLAIN {Base64($"\0{username}\0{password}")}"), 2, "the log-in");
        }
        else if (ways.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            Demand(await AskAsync("AUTH LOGIN"), 3, "the log-in");
            Demand(await AskAsync(Base64(username)), 3, "the log-in");
            Demand(await AskAsync(Base64(password)), 2, "the log-in");
        }
        else
        {
            throw new SmtpRefusedException("offers no log-in by AUTH PLAIN or AUTH LOGIN");
        }
    }

    /// <summary>Sends a message, and ends.</summary>
    /// <returns>What the server answered, and which recipients it refused.</returns>
    /// <exception cref="SmtpRefusedException">It takes the message for none of the recipients.</exception>
    public async Task<string> SendAsync(string from, IEnumerable<string> to, string mail)
    {
        Demand(await AskAsync($"MAIL FROM:<{from}>"), 2, $"the sender {from}");
        List<string> refused = [];
        bool isTaken = false;
        foreach (string recipient in to)
        {
            SmtpReply reply = await AskAsync($"RCPT TO:<{recipient}>");
            isTaken |= reply.Code / 100 == 2;
            if (reply.Code / 100 != 2)
            {
                refused.Add($"{recipient} is refused: {reply}");
            }
        }

        string complaints = string.Join("; ", refused);
        if (!isTaken)
        {
            throw new SmtpRefusedException(complaints);
        }

        Demand(await AskAsync("DATA"), 3, "the message");
        // RFC 5321, 4.5.2: a dot alone is the end; each that begins a line is doubled.
        string stuffed = mail.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        SmtpReply taken = await AskAsync($"{stuffed}\r\n.");
        Demand(taken, 2, "the message", isOfMessage: taken.Code / 100 == 5);
        await EndAsync();
        return refused.Count > 0 ? $"{taken}; {complaints}" : taken.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        socket.Dispose();
    }

    private bool Offers(string keyword) => offers.Any(offer => offer[0] == keyword);

    private async Task GreetAsync()
    {
        // An address is a name that every server accepts (RFC 5321, 4.1.3).
        IPAddress own = ((IPEndPoint)socket.LocalEndPoint!).Address;
        // Without the scope of an IPv6 address.
        IPAddress address = new((own.IsIPv4MappedToIPv6 ? own.MapToIPv4() : own).GetAddressBytes());
        string literal = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"IPv6:{address}" : $"{address}";
        SmtpReply reply = await AskAsync($"EHLO [{literal}]");
        Demand(reply, 2, "EHLO");
        offers =
        [
            .. reply
                .Lines.Skip(1)
                .Select(line => line.ToUpperInvariant().Split([' ', '='], StringSplitOptions.RemoveEmptyEntries))
                .Where(offer => offer.Length > 0),
        ];
    }

    private async Task EncryptAsync(string? ca)
    {
        using ClientCertificates files = ClientCertificates.Read(new(ca), FileThreads.LongestWait);
        SslStream encrypted = new(stream);
        stream = encrypted;
        await encrypted.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = files.Policy },
            deadline
        );
    }

    private async Task EndAsync()
    {
        try
        {
            await WriteAsync("QUIT");
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            // The message has been taken, whatever comes after.
        }
    }

    private static void Demand(SmtpReply reply, int kind, string what, bool isOfMessage = false)
    {
        if (reply.Code / 100 != kind)
        {
            throw new SmtpRefusedException($"{what} is refused: {reply}", isOfMessage);
        }
    }

    private async Task<SmtpReply> AskAsync(string command)
    {
        await WriteAsync(command);
        return await ReadAsync();
    }

    private async Task WriteAsync(string line)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), deadline);
        await stream.FlushAsync(deadline);
    }

    private async Task<SmtpReply> ReadAsync()
    {
        List<string> lines = [];
        while (lines.Count < MostLines)
        {
            string line = await ReadLineAsync();
            if (
                line.Length < 3
                || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int code)
            )
            {
                throw new SmtpRefusedException($"speaks no SMTP: {Printable.Excerpt(line)}");
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-')
            {
                return new(code, lines);
            }
        }

        throw new SmtpRefusedException(
            $"an answer of more than {MostLines.ToString(CultureInfo.InvariantCulture)} lines"
        );
    }

    private async Task<string> ReadLineAsync()
    {
        while (true)
        {
            int length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                string line = Encoding.UTF8.GetString(buffer, start, length).TrimEnd('\r');
                start += length + 1;
                return line;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                throw new SmtpRefusedException("a line that does not end");
            }

            int count = await stream.ReadAsync(buffer.AsMemory(end), deadline);
            end += count > 0 ? count : throw new SmtpRefusedException("closed the connection");
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

/// <summary>What a mail server answers.</summary>
/// <param name="Code">Its code, of three digits: the first says whether it is well.</param>
/// <param name="Lines">Its lines, without the code.</param>
internal readonly record struct SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>For people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Code} {Lines[^1]}");
}
