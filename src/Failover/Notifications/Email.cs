using System.Buffers;
using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>Sends an e-mail through a server, by SMTP.</summary>
/// <remarks>
/// <para>Mail programs show what follows on an alarm below it: each refers to the alarm by <c>References</c>. It says of itself that no person wrote
/// it (<c>Auto-Submitted</c>, RFC 3834), so that no absence is answered to it.</para>
/// <para>The message is delivered once the server accepts it for one of the recipients. A recipient that is rejected beside others does not get it:
/// it would come to the others again with each further attempt. Give those a route of their own who must not miss one.</para>
/// </remarks>
public sealed record Email : NotificationReceiver
{
    // RFC 5322, 3.2.3
    private static readonly SearchValues<char> LocalPart = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~."
    );

    private readonly ValueList<string> to;

    /// <summary>Describes the mail; sends nothing.</summary>
    /// <param name="server">The server: <c>HOST</c>, <c>HOST:PORT</c> or <c>[IPV6]:PORT</c>; without a port, the one that belongs to
    /// <paramref name="security"/>.</param>
    /// <param name="from">The sender's address.</param>
    /// <param name="to">The recipients' addresses.</param>
    /// <param name="security">How it is kept from being read on its way.</param>
    /// <param name="username">The name to log in by; left out, nobody logs in.</param>
    /// <param name="password">The password of the user. Never shown, and never sent without TLS.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; left out, those of the system.</param>
    /// <param name="timeout">How long an attempt may take, from 1 ms to 5 min; left out, 30 s.</param>
    /// <exception cref="ArgumentException">An argument is missing or of another form, a name is without its password or the other way round, or they are
    /// given without TLS. The message says what is accepted.</exception>
    public Email(
        string server,
        string from,
        IEnumerable<string> to,
        SmtpSecurity security = SmtpSecurity.StartTls,
        string? username = null,
        string? password = null,
        string? ca = null,
        TimeSpan? timeout = null
    )
    {
        Server = ServerOption.Check(server);
        From = FromOption.Check(from);
        this.to = ToOption.Check(to)!;
        Security = SecurityOption.Check(security);
        ReceiverCredentials.CheckPair(username, password);
        if (username is not null && security == SmtpSecurity.None)
        {
            throw new ArgumentException(
                "username is given without TLS; accepted: security starttls or tls",
                nameof(username)
            );
        }

        (Username, Password) = (username, password);
        Ca = HttpReceiver.CaOption.CheckIfGiven(ca);
        Timeout = TimeoutOption.Check(timeout);
    }

    private static readonly FormattedOption ServerOption = new(
        "server",
        "the server",
        "HOST, HOST:PORT or [IPV6]:PORT",
        "smtp.example.net:587",
        text => ConnectTarget.Parse(text) is { SocketPath: null } ? null : ""
    );

    private static readonly FormattedOption FromOption = new(
        "from",
        "the sender's address",
        "an e-mail address in ASCII",
        "failover@example.net",
        AddressFlaw
    );

    private static readonly ListOption<string> ToOption = new(
        "to",
        "the recipients' addresses",
        new FormattedOption("address", "an address", "an e-mail address in ASCII", "oncall@example.net", AddressFlaw)
    );

    private static readonly ChoiceOption<SmtpSecurity> SecurityOption = new(
        "security",
        "how it is kept from being read on its way",
        SmtpSecurity.StartTls
    );

    private static readonly DurationOption TimeoutOption = new(
        "timeout",
        "how long an attempt may take",
        TimeSpan.FromSeconds(30)
    )
    {
        Most = TimeSpan.FromMinutes(5),
    };

    /// <inheritdoc cref="Webhook.Kind"/>
    public static ReceiverKind Kind { get; } =
        new(
            "email",
            "e-mail addresses, through a mail server",
            [
                ServerOption,
                FromOption,
                ToOption,
                SecurityOption,
                ReceiverCredentials.UsernameOption,
                ReceiverCredentials.PasswordOption,
                HttpReceiver.CaOption,
                TimeoutOption,
            ]
        )
        {
            Make = given => new Email(
                (string)given[0]!,
                (string)given[1]!,
                (IEnumerable<string>)given[2]!,
                (SmtpSecurity?)given[3] ?? SecurityOption.Fallback,
                (string?)given[4],
                (string?)given[5],
                (string?)given[6],
                (TimeSpan?)given[7]
            ),
        };

    /// <summary>The server.</summary>
    public string Server { get; }

    /// <summary>The sender's address.</summary>
    public string From { get; }

    /// <summary>The recipients' addresses.</summary>
    public IReadOnlyList<string> To => to;

    /// <summary>How it is kept from being read on its way.</summary>
    public SmtpSecurity Security { get; }

    /// <summary>The name to log in by; null: nobody logs in.</summary>
    public string? Username { get; }

    /// <summary>The password of the user; null: none.</summary>
    public string? Password { get; }

    /// <summary>A file with the root certificates that are trusted; null: those of the system.</summary>
    public string? Ca { get; }

    /// <summary>How long an attempt may take.</summary>
    public TimeSpan Timeout { get; }

    /// <inheritdoc/>
    public override string Summary => $"e-mail to {string.Join(", ", to)} through {Server}";

    internal override ReceiverKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Server, From, to, Security, Username, Password, Ca, Timeout];

    private string Host => ConnectTarget.Parse(Server)!.Host!;

    private int Port =>
        ConnectTarget.Parse(Server)!.Port?.Number
        ?? Security switch
        {
            SmtpSecurity.StartTls => 587,
            SmtpSecurity.Tls => 465,
            SmtpSecurity.None => 25,
            _ => throw new InvalidOperationException($"no such security: {Security}"),
        };

    internal override async ValueTask<SendResult> SendAsync(
        NotificationMessage message,
        CancellationToken cancellationToken
    )
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        try
        {
            await using SmtpSession session = await SmtpSession.OpenAsync(Host, Port, deadline.Token);
            await session.BeginAsync(Security, Ca);
            if (Username is not null)
            {
                await session.LogInAsync(Username, Password!);
            }

            return SendResult.Taken with
            {
                Answer = await session.SendAsync(From, to, MailText.Of(message, From, to)),
            };
        }
        catch (SmtpRefusedException refusal)
        {
            return new(Printable.Escape(refusal.Message), refusal.IsOfMessage);
        }
    }

    // A part of RFC 5321, 4.1.2, without quoted names and addresses in brackets.
    private static string? AddressFlaw(string text)
    {
        int at = text.LastIndexOf('@');
        return
            at is > 0 and <= 64
            && text.AsSpan(0, at).IndexOfAnyExcept(LocalPart) < 0
            && new HostOption("host", "").Parse(text[(at + 1)..]).IsValue
            ? null
            : "";
    }
}
