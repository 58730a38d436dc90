namespace Failover;

/// <summary>What is said to a server of one protocol, and what it has to say, to count as up. One for each probe.</summary>
internal abstract class ServerDialog
{
    /// <summary>The protocols with STARTTLS, or what they call it.</summary>
    public static IEnumerable<TcpPreset> WithStartTls =>
        Enum.GetValues<TcpPreset>().Where(preset => Of(preset)?.HasStartTls == true);

    /// <summary>Whether a connection can begin in plain text and go on over TLS.</summary>
    public virtual bool HasStartTls => true;

    /// <summary>Whether the greeting comes before STARTTLS; else it comes over TLS.</summary>
    public virtual bool GreetsInPlainText => true;

    /// <summary>What ends it in order, so that the server has nothing to complain of; empty where closing does.</summary>
    public virtual ReadOnlyMemory<byte> Farewell => default;

    /// <summary>The dialog of a protocol; null where there is none.</summary>
    public static ServerDialog? Of(TcpPreset preset) =>
        preset switch
        {
            TcpPreset.None => null,
            TcpPreset.Smtp => new SmtpDialog(),
            TcpPreset.Imap => new ImapDialog(),
            TcpPreset.Pop3 => new Pop3Dialog(),
            TcpPreset.Ftp => new FtpDialog(),
            TcpPreset.Ldap => new LdapDialog(),
            TcpPreset.Postgres => new PostgresDialog(),
            TcpPreset.Mysql => new MysqlDialog(),
            TcpPreset.Redis => new RedisDialog(),
            TcpPreset.Ssh => new SshDialog(),
            TcpPreset.Amqp => new AmqpDialog(),
            _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "no such preset"),
        };

    /// <summary>Has the server say that it is up.</summary>
    /// <returns>What it said, for people: <c>banner "220 mail.example.net ESMTP"</c>.</returns>
    /// <exception cref="UnexpectedAnswerException">It said something else.</exception>
    public abstract ValueTask<string> GreetAsync(Conversation with);

    /// <summary>Has the server agree to TLS, which begins then.</summary>
    /// <exception cref="UnexpectedAnswerException">It does not.</exception>
    public virtual ValueTask StartTlsAsync(Conversation with) => throw new NotSupportedException();

    /// <summary>Reads a line that has to begin with one of these.</summary>
    protected static async ValueTask<string> ReadLineAsync(
        Conversation with,
        string awaited,
        params string[] beginnings
    )
    {
        string line = await with.ReadLineAsync(awaited);
        Require(line, awaited, beginnings);
        return line;
    }

    /// <summary>Reads the reply of a protocol with codes of three digits (RFC 5321, 4.2.1; RFC 959, 4.2): lines until the one with a space
    /// behind the code.</summary>
    /// <returns>Its lines, at least one.</returns>
    protected static async ValueTask<IReadOnlyList<string>> ReadReplyAsync(
        Conversation with,
        string awaited,
        string code
    )
    {
        List<string> lines = [await ReadLineAsync(with, awaited, code)];
        while (IsContinued(lines[^1], code))
        {
            lines.Add(await with.ReadLineAsync(awaited));
        }

        return lines;
    }

    protected static UnexpectedAnswerException WithoutStartTls(string? said = null) =>
        new(said is null ? "server does not offer STARTTLS" : $"server does not offer STARTTLS, it says {said}");

    private static bool IsContinued(string line, string code) =>
        !(line.StartsWith(code, StringComparison.Ordinal) && (line.Length == code.Length || line[code.Length] == ' '));

    private static void Require(string line, string awaited, params string[] beginnings)
    {
        if (!beginnings.Any(beginning => line.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)))
        {
            throw new UnexpectedAnswerException(
                $"{awaited} is {Printable.Excerpt(line)}, expected to begin with {string.Join(" or ", beginnings)}"
            );
        }
    }
}
