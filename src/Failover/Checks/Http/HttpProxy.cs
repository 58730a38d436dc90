using System.Text;

namespace Failover;

/// <summary>A proxy that requests go through: by a tunnel (CONNECT; RFC 9110, 9.3.6), and for HTTP/1.1 in plain text by a request that names
/// the whole URL (RFC 9112, 3.2.2).</summary>
/// <remarks>A proxy that is not reached, or does not do what it is asked, says nothing of the target, and is an error. One that answers CONNECT with 5xx
/// has tried to connect to the target; so has one that is silent until the deadline.</remarks>
/// <param name="Host">Its host.</param>
/// <param name="Port">Its port.</param>
/// <param name="Authorization">How it learns who asks; null: nothing.</param>
internal sealed record HttpProxy(string Host, Port Port, string? Authorization)
{
    public const string Accepted = "http://HOST:PORT or http://USER:PASSWORD@HOST:PORT";

    private const string Scheme = "http://";
    private const int WantsCredentials = 407;

    /// <summary>For people.</summary>
    public string Text => HostAndPort.Join(Host, Port);

    /// <summary>What is wrong with a text; empty where what is accepted says it all, null where nothing is.</summary>
    public static string? FlawOf(string text) =>
        text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "which is reached by TLS"
        : Parse(text) is null ? ""
        : null;

    /// <summary>Reads one; null where the text is none.</summary>
    public static HttpProxy? Parse(string text)
    {
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || text.Any(char.IsControl))
        {
            return null;
        }

        string authority = text[Scheme.Length..].TrimEnd('/');
        int at = authority.LastIndexOf('@');
        string? user = at < 0 ? null : Uri.UnescapeDataString(authority[..at]);
        // RFC 7617, 2: the user has no colon, the password may.
        return
            HostAndPort.Split(authority[(at + 1)..]) is var (host, port)
            && new HostOption("host", "").Parse(host).IsValue
            && new PortOption("port", "").Parse(port).Value is Port number
            && user?.IndexOf(':') is null or > 0
            ? new(host, number, user is null ? null : $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(user))}")
            : null;
    }

    /// <summary>Why it was not reached.</summary>
    public static Observation NotReached(Observation failure) =>
        Observation.Error($"proxy not reached, {failure.Reason}");

    /// <summary>What came of a request for a whole URL that was sent to it. Where it closed the connection without a word, or wants
    /// credentials, that is its own doing; all else may be the target's.</summary>
    public HttpOutcome Judge(HttpOutcome outcome, PhaseTimes phases) =>
        outcome switch
        {
            { Answer.Status: WantsCredentials } => HttpOutcome.Of(Refusal(WantsCredentials)),
            { Failure: { State: HealthState.Fail, IsTimeout: false } failure }
                when phases.Current == ProbePhase.FirstByte => HttpOutcome.Of(NoAnswer(failure)),
            _ => outcome,
        };

    /// <summary>Has it connect to a server.</summary>
    /// <param name="stream">The connection to the proxy.</param>
    /// <param name="server">The server, with its port.</param>
    /// <param name="phases">Says how long it took.</param>
    /// <param name="deadline">The end of the time for it.</param>
    /// <returns>Why it did not; null where it did.</returns>
    public async ValueTask<Observation?> ConnectAsync(
        Stream stream,
        string server,
        PhaseTimes phases,
        CancellationToken deadline
    )
    {
        try
        {
            string credentials = Authorization is null ? "" : $"Proxy-Authorization: {Authorization}\r\n";
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"CONNECT {server} HTTP/1.1\r\nHost: {server}\r\nUser-Agent: failover\r\n{credentials}\r\n"
                ),
                deadline
            );
            using AnswerLines lines = new(stream) { IsReadAhead = false };
            int status = (await new Http1Reader(lines, isHead: true).ReadAsync(deadline)).Status;
            return status switch
            {
                // What comes behind it is the server's already (RFC 9110, 9.3.6), who may speak first.
                >= 200 and < 300 => null,
                >= 500 => Observation.Fail($"proxy could not connect to {server}, status {status}: {Text}"),
                _ => Refusal(status),
            };
        }
        catch (OperationCanceledException)
        {
            return phases.TimedOut($"{server} by proxy {Text}", "while the proxy connects");
        }
        catch (MalformedAnswerException fault)
        {
            return Observation.Error($"proxy gave a malformed answer, {fault.Message}: {Text}");
        }
        catch (IOException fault)
        {
            return NoAnswer(StreamFault.Read(fault, phases, Text));
        }
    }

    private static Observation NoAnswer(Observation failure) =>
        Observation.Error($"proxy did not answer, {failure.Reason}");

    private Observation Refusal(int status) => Observation.Error($"proxy refused, status {status}: {Text}");
}
