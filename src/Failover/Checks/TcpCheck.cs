using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Whether a TCP port accepts a connection and, where that is asked, whether the server behind it speaks TLS, its protocol, or as an
/// exchange says.</summary>
/// <remarks>
/// Nothing is sent over the connection without one of these. It is ok if the target accepts within the timeout, name resolution included; else fail, with the cause first:
/// <c>refused</c>, <c>timed out</c>, <c>unreachable</c>, <c>connection reset</c>, <c>no such host</c>, <c>name
/// resolution failed</c>, <c>name resolution timed out</c>, <c>connected to itself</c>. A target that answered before the
/// deadline was handled has answered, as after a pause of this process. It is an error where this machine
/// kept it from telling: no descriptors, local ports or threads for name resolution left, no source address, not permitted. Of several addresses one
/// that accepts is enough: each is tried 250 ms after the one before it, or at once when one has failed (RFC 8305, 5).
/// With a protocol, an exchange or TLS, the causes are also <c>banner is "554 no", expected to begin with 220</c>, <c>timed out after 2s while waiting
/// for "+PONG"</c>, <c>server does not offer STARTTLS</c>, and those of <see cref="TlsCheck"/>. At most 64 KiB are read of what the target sends.
/// </remarks>
public sealed partial record TcpCheck : ProbeCheck, IConnectCheck, ITargetedCheck
{
    private readonly Dialer dialer;

    // Null where connecting is all: the most frequent check pays for nothing else.
    private readonly TcpTalk? talk;

    /// <summary>Describes the check; resolves and connects nothing.</summary>
    /// <param name="host">The target: a name, an IPv4 or an IPv6 address (link-local ones with their scope, as
    /// <c>fe80::1%eth0</c>).</param>
    /// <param name="port">Its port: 1 to 65535, or a service name as <c>"smtp"</c>.</param>
    /// <param name="timeout">How long all of it may take, name resolution included, from 1 ms to 30 days; a probe that reaches it is a fail. Left
    /// out, 10 s. The files of certificates are read before it begins, and have as long again, up to 5 s.</param>
    /// <param name="sourceHost">The local address to come from, or its name; only targets of its address family are
    /// tried. Left out, the system chooses.</param>
    /// <param name="sourcePort">The local port to come from; left out, the system chooses.</param>
    /// <param name="close">How the connection is given up. One over which something was said is closed in the ordinary way.</param>
    /// <param name="preset">What the server speaks: it has to say that it is up.</param>
    /// <param name="exchange">What is sent and expected, in this order, behind the greeting of the protocol and TLS: <c>"send PING\r\n"</c>,
    /// <c>"expect +PONG"</c>.</param>
    /// <param name="tls">Speaks TLS. The options from <paramref name="serverName"/> to <paramref name="warnWithin"/> count only with TLS.</param>
    /// <param name="starttls">Begins in plain text and goes on over TLS, as the protocol has it.</param>
    /// <param name="serverName">The name that is asked for (SNI) and that the certificate has to be for; left out, the host.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; left out, those of the system. Read at each
    /// probe.</param>
    /// <param name="insecure">Accepts any certificate.</param>
    /// <param name="clientCertificate">A file with the certificate to show, and those of its issuers, in PEM. Read at each probe.</param>
    /// <param name="clientKey">A file with its key, in PEM; left out, it is in the file of the certificate.</param>
    /// <param name="expiresWithin">A certificate that is valid for this long or shorter is a fail, up to 10 years; left out, one that has expired is.</param>
    /// <param name="warnWithin">A certificate that is valid for this long or shorter is ok with a warning, up to 10 years; left out, 14 days, and
    /// never with <paramref name="insecure"/>.</param>
    /// <param name="family">The addresses of the host that are tried.</param>
    /// <param name="latency">The longest that the probe may take, from 1 ms to 30 days; one that takes longer is a fail. Left out, the timeout alone
    /// counts.</param>
    /// <param name="resolver">The name server that is asked for the addresses of the host, instead of the system's resolver: <c>HOST</c>,
    /// <c>HOST:PORT</c> or <c>[IPV6]:PORT</c>. A probe that gets no word from it is an error.</param>
    /// <exception cref="ArgumentException">An argument is missing or out of range, <paramref name="host"/> and
    /// <paramref name="sourceHost"/> are addresses of different families, or two arguments do not go together. The message says what is
    /// accepted.</exception>
    public TcpCheck(
        string host,
        Port port,
        TimeSpan? timeout = null,
        string? sourceHost = null,
        Port? sourcePort = null,
        TcpClose close = TcpClose.Rst,
        TcpPreset preset = TcpPreset.None,
        IEnumerable<ExchangeStep>? exchange = null,
        bool tls = false,
        bool starttls = false,
        string? serverName = null,
        string? ca = null,
        bool insecure = false,
        string? clientCertificate = null,
        string? clientKey = null,
        TimeSpan? expiresWithin = null,
        TimeSpan? warnWithin = null,
        IpFamily family = IpFamily.Any,
        TimeSpan? latency = null,
        string? resolver = null
    )
    {
        dialer = new(
            HostOption.Check(host),
            PortOption.Check(port),
            SourceHostOption.CheckIfGiven(sourceHost),
            SourcePortOption.CheckIfGiven(sourcePort),
            FamilyOption.Check(family)
        )
        {
            Resolver = DnsResolver.Of(Resolver = ResolverOption.CheckIfGiven(resolver)),
        };
        Timeout = TimeoutOption.Check(timeout);
        Close = CloseOption.Check(close);
        Latency = LatencyOption.CheckIfGiven(latency);
        TcpTls? spoken = CheckTls(
            tls || starttls,
            starttls,
            PresetOption.Check(preset),
            serverName,
            (ca, insecure, clientCertificate, clientKey),
            (expiresWithin, warnWithin)
        );
        ValueList<ExchangeStep>? steps = ExchangeOption.Check(exchange);
        Tls = tls;
        talk = preset == TcpPreset.None && steps is null && spoken is null ? null : new(preset, steps, spoken);
    }

    /// <summary>The target.</summary>
    public string Host => dialer.Host;

    /// <summary>The target's port.</summary>
    public Port Port => dialer.Port;

    /// <summary>How long all of it may take, name resolution included, behind the files of certificates.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The local address to come from, or its name; null: the system's choice.</summary>
    public string? SourceHost => dialer.SourceHost;

    /// <summary>The local port to come from; null: the system's choice.</summary>
    public Port? SourcePort => dialer.SourcePort;

    /// <summary>How the connection is given up.</summary>
    public TcpClose Close { get; }

    /// <summary>What the server speaks.</summary>
    public TcpPreset Preset => talk?.Preset ?? TcpPreset.None;

    /// <summary>What is sent and expected, in this order.</summary>
    public IReadOnlyList<ExchangeStep> Exchange => talk?.Exchange ?? new([]);

    /// <summary>Whether <c>tls</c> was given; <see cref="StartTls"/> is TLS, too.</summary>
    public bool Tls { get; }

    /// <summary>Whether the connection begins in plain text and goes on over TLS.</summary>
    public bool StartTls => talk?.Tls?.IsStartTls == true;

    /// <summary>The name that the certificate has to be for; null: the host.</summary>
    public string? ServerName => talk?.Tls?.ServerName;

    /// <summary>A file with the root certificates that are trusted; null: those of the system.</summary>
    public string? Ca => talk?.Tls?.Client.Ca;

    /// <summary>Whether any certificate is accepted.</summary>
    public bool Insecure => talk?.Tls?.Client.IsInsecure == true;

    /// <summary>A file with the certificate that is shown; null: none.</summary>
    public string? ClientCertificate => talk?.Tls?.Client.ClientCertificate;

    /// <summary>A file with its key; null: it is in the file of the certificate.</summary>
    public string? ClientKey => talk?.Tls?.Client.ClientKey;

    /// <summary>How long a certificate has to be valid at least, exclusively; null: until now.</summary>
    public TimeSpan? ExpiresWithin => talk?.Tls?.ExpiresWithin;

    /// <summary>From how long before its end a certificate is a warning; null: never.</summary>
    public TimeSpan? WarnWithin => talk?.Tls?.WarnWithin;

    /// <summary>The addresses that are tried.</summary>
    public IpFamily Family => dialer.Family;

    /// <summary>The longest that the probe may take; null: the timeout alone counts.</summary>
    public TimeSpan? Latency { get; }

    /// <summary>The name server that is asked for addresses; null: the system's resolver.</summary>
    public string? Resolver { get; }

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Timeout + (talk?.FilesTimeout(Timeout) ?? TimeSpan.Zero);

    /// <inheritdoc/>
    public override string? TargetHost => Host;

    /// <inheritdoc/>
    public override string Summary =>
        Preset == TcpPreset.None ? $"tcp {dialer.Target}" : $"tcp {dialer.Target} ({PresetOption.Text(Preset)})";

    internal override TaskKind OwnKind => Kind;

    // What is off is left out: it keeps short what is shown of a check that only connects.
    internal override ImmutableArray<object?> Values =>
        [
            Host,
            Port,
            Timeout,
            SourceHost,
            SourcePort,
            Close,
            Preset == PresetOption.Fallback ? null : Preset,
            talk?.Exchange,
            Tls ? true : null,
            StartTls ? true : null,
            ServerName,
            Ca,
            Insecure ? true : null,
            ClientCertificate,
            ClientKey,
            ExpiresWithin,
            WarnWithin,
            Family == FamilyOption.Fallback ? null : Family,
            Latency,
            Resolver,
        ];

    // Reading the files of TLS may.
    internal override bool MayBlock => talk?.HasFiles == true;

    // A resolver of its own is asked with numbers that nobody can guess.
    internal override bool UsesCryptography => talk?.Tls is not null || Resolver is not null;

    /// <summary>What looks up names; tests put their own in its place.</summary>
    internal INameResolver NameResolver
    {
        init => dialer = dialer with { Resolver = value };
    }

    (string Host, int? Port) ITargetedCheck.Target => (Host, Port.Number);

    ProbeCheck ITargetedCheck.Along(ProbeTrail trail) =>
        this with
        {
            NameResolver = trail.Over(dialer.Resolver, Port.Number),
        };

    /// <inheritdoc/>
    public override ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken) =>
        talk is not null ? talk.ProbeAsync(dialer, Timeout, Latency, time, cancellationToken)
        : OperatingSystem.IsLinux() && AwaitedProbe.TryRun(this, time, cancellationToken, out Task<Observation>? onLoop)
            ? new(onLoop)
        : ConnectAsync(time, cancellationToken);

    TcpPath? IConnectCheck.OnlyPath => talk is null ? dialer.Only : null;

    Observation IConnectCheck.Judge(in TcpAttempt attempt, TimeSpan took) =>
        attempt.Ending == TcpEnding.Connected ? Connected(attempt.Target, took) : attempt.Fault.Verdict;

    private async ValueTask<Observation> ConnectAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        using ProbeDeadline deadline = new(Timeout, time, cancellationToken);
        Dialed dialed = await dialer.DialAsync(Close, time, deadline.Token);
        dialed.Dispose();
        Observation seen = dialed.IsConnected ? Connected(dialed.Target, time.GetElapsedTime(started)) : dialed.Failure;
        cancellationToken.ThrowIfCancellationRequested();
        return seen;
    }

    private Observation Connected(EndPoint target, TimeSpan took) =>
        took > Latency ? Observation.Fail($"slow: {PhaseTimes.Rounded(took)}, over {Units.Text(Latency.Value)}")
        // The same text as the end point's own, without a string for it.
        : target is IPEndPoint { AddressFamily: AddressFamily.InterNetwork } ip
            ? Observation.Ok($"connected to {ip.Address}:{ip.Port} in {PhaseTimes.Rounded(took)}")
        : Observation.Ok($"connected to {target} in {PhaseTimes.Rounded(took)}");
}
