using System.Collections.Immutable;
using System.Net.Security;
using System.Net.Sockets;

namespace Failover;

/// <summary>Whether a server speaks TLS, with a certificate that is trusted, is for its name, and does not end soon.</summary>
/// <remarks>
/// It is fail with the causes of <see cref="TcpCheck"/>, or <c>certificate expired on 2026-01-01</c>, <c>certificate is for a.example, not
/// b.example</c>, <c>certificate is not trusted: it is self-signed</c>, <c>timed out after 2s in TLS handshake</c>. Of all certificates in the chain the
/// one that ends first counts. Nothing is sent over the connection, and lists of revoked certificates are not fetched.
/// </remarks>
public sealed record TlsCheck : ProbeCheck, ITargetedCheck
{
    private readonly Destination destination;
    private readonly TlsClient tls;

    /// <summary>Describes the check; resolves and connects nothing.</summary>
    /// <param name="host">The target: a name, an IPv4 or an IPv6 address.</param>
    /// <param name="port">Its port: 1 to 65535, or a service name as <c>"https"</c>.</param>
    /// <param name="serverName">The name that is asked for (SNI) and that the certificate has to be for; left out, the host.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; left out, those of the system. Read at each
    /// probe.</param>
    /// <param name="clientCertificate">A file with the certificate to show, and those of its issuers, in PEM. Read at each probe.</param>
    /// <param name="clientKey">A file with its key, in PEM; left out, it is in the file of the certificate.</param>
    /// <param name="expiresWithin">A certificate that is valid for this long or shorter is a fail, up to 10 years; left out, one that has expired is.</param>
    /// <param name="warnWithin">A certificate that is valid for this long or shorter is ok with a warning, up to 10 years; left out, 14 days.</param>
    /// <param name="family">The addresses of the host that are tried.</param>
    /// <param name="latency">The longest that the probe may take, from 1 ms to 30 days; one that takes longer is a fail. Left out, the timeout alone
    /// counts.</param>
    /// <param name="timeout">How long all of it may take, name resolution included, from 1 ms to 30 days; a probe that reaches it is a fail. Left
    /// out, 10 s. The files of certificates are read before it begins, and have as long again, up to 5 s.</param>
    /// <param name="resolver">The name server that is asked for the addresses of the host, instead of the system's resolver: <c>HOST</c>,
    /// <c>HOST:PORT</c> or <c>[IPV6]:PORT</c>. A probe that gets no word from it is an error.</param>
    /// <exception cref="ArgumentException">An argument is missing or out of range, or two do not go together. The message says what is
    /// accepted.</exception>
    public TlsCheck(
        string host,
        Port port,
        string? serverName = null,
        string? ca = null,
        string? clientCertificate = null,
        string? clientKey = null,
        TimeSpan? expiresWithin = null,
        TimeSpan? warnWithin = null,
        IpFamily family = IpFamily.Any,
        TimeSpan? latency = null,
        TimeSpan? timeout = null,
        string? resolver = null
    )
    {
        Host = HostOption.Check(host);
        Port = PortOption.Check(port);
        ServerName = ServerNameOption.CheckIfGiven(serverName);
        tls = TlsOptions.Check(ca, insecure: false, clientCertificate, clientKey);
        ExpiresWithin = ExpiresWithinOption.CheckIfGiven(expiresWithin);
        WarnWithin = WarnWithinOption.Check(warnWithin);
        Family = FamilyOption.Check(family);
        Latency = LatencyOption.CheckIfGiven(latency);
        Timeout = TimeoutOption.Check(timeout);
        Resolver = ResolverOption.CheckIfGiven(resolver);
        destination = new(Host, Port, family: Family) { Resolver = DnsResolver.Of(Resolver) };
    }

    private static readonly HostOption HostOption = new("host", "the target");
    private static readonly PortOption PortOption = new("port", "the target's port");
    private static readonly HostOption ServerNameOption = TlsOptions.ServerName();
    private static readonly PathOption CaOption = TlsOptions.Ca();
    private static readonly PathOption ClientCertificateOption = TlsOptions.ClientCertificate();
    private static readonly PathOption ClientKeyOption = TlsOptions.ClientKey();
    private static readonly DurationOption ExpiresWithinOption = TlsOptions.ExpiresWithin();
    private static readonly DurationOption WarnWithinOption = TlsOptions.WarnWithin();
    private static readonly ChoiceOption<IpFamily> FamilyOption = TlsOptions.Family();
    private static readonly DurationOption LatencyOption = TlsOptions.Latency();
    private static readonly DurationOption TimeoutOption = new(
        "timeout",
        "how long name resolution, connecting and the handshake may take together",
        TimeSpan.FromSeconds(10)
    );

    private static readonly FormattedOption ResolverOption = DnsResolver.Option();

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "tls",
            "whether a server speaks TLS with a certificate that is trusted, is for its name and does not end soon",
            [
                HostOption,
                PortOption,
                ServerNameOption,
                CaOption,
                ClientCertificateOption,
                ClientKeyOption,
                ExpiresWithinOption,
                WarnWithinOption,
                FamilyOption,
                LatencyOption,
                TimeoutOption,
                ResolverOption,
            ]
        )
        {
            Make = given => new TlsCheck(
                (string)given[0]!,
                (Port)given[1]!,
                (string?)given[2],
                (string?)given[3],
                (string?)given[4],
                (string?)given[5],
                (TimeSpan?)given[6],
                (TimeSpan?)given[7],
                (IpFamily?)given[8] ?? FamilyOption.Fallback,
                (TimeSpan?)given[9],
                (TimeSpan?)given[10],
                (string?)given[11]
            ),
            ShortForm = HostAndPort.ShortForm(HostOption, PortOption),
            Target = new(HostAndPort.ShortForm(HostOption, PortOption), "target.example.net:1"),
        };

    /// <summary>The target.</summary>
    public string Host { get; }

    /// <summary>The target's port.</summary>
    public Port Port { get; }

    /// <summary>The name that the certificate has to be for; null: the host.</summary>
    public string? ServerName { get; }

    /// <summary>A file with the root certificates that are trusted; null: those of the system.</summary>
    public string? Ca => tls.Ca;

    /// <summary>A file with the certificate that is shown; null: none.</summary>
    public string? ClientCertificate => tls.ClientCertificate;

    /// <summary>A file with its key; null: it is in the file of the certificate.</summary>
    public string? ClientKey => tls.ClientKey;

    /// <summary>How long a certificate has to be valid at least, exclusively; null: until now.</summary>
    public TimeSpan? ExpiresWithin { get; }

    /// <summary>From how long before its end a certificate is a warning.</summary>
    public TimeSpan WarnWithin { get; }

    /// <summary>The addresses that are tried.</summary>
    public IpFamily Family { get; }

    /// <summary>The longest that the probe may take; null: the timeout alone counts.</summary>
    public TimeSpan? Latency { get; }

    /// <summary>How long all of it may take, behind the files of certificates.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The name server that is asked for addresses; null: the system's resolver.</summary>
    public string? Resolver { get; }

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Timeout + tls.FilesTimeout(Timeout);

    /// <inheritdoc/>
    public override string? TargetHost => Host;

    /// <inheritdoc/>
    public override string Summary => $"tls {HostAndPort.Join(Host, Port)}";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values =>
        [
            Host,
            Port,
            ServerName,
            Ca,
            ClientCertificate,
            ClientKey,
            ExpiresWithin,
            WarnWithin,
            Family,
            Latency,
            Timeout,
            Resolver,
        ];

    // Reading the files may.
    internal override bool MayBlock => tls.HasFiles;

    /// <summary>What looks up names; tests put their own in its place.</summary>
    internal INameResolver NameResolver
    {
        init => destination = destination with { Resolver = value };
    }

    (string Host, int? Port) ITargetedCheck.Target => (Host, Port.Number);

    ProbeCheck ITargetedCheck.Along(ProbeTrail trail) =>
        this with
        {
            NameResolver = trail.Over(DnsResolver.Of(Resolver), Port.Number),
        };

    /// <inheritdoc/>
    public override ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken) =>
        TlsProbe.RunAsync(tls, Timeout, time, probe => ProbeAsync(probe, time), cancellationToken);

    private async ValueTask<Observation> ProbeAsync(TlsProbe probe, TimeProvider time)
    {
        var (files, phases, deadline) = probe;
        using Dialed dialed = await destination.DialAsync(time, phases, deadline);
        if (!dialed.IsConnected)
        {
            return dialed.Failure;
        }

        CertificateVerdict verdict = tls.Verdict(ServerName ?? Host, time.GetUtcNow());
        await using NetworkStream transport = new(dialed.Socket);
        var (stream, failure) = await TlsClient.HandshakeAsync(
            transport,
            destination.Text,
            verdict,
            files,
            protocol: null,
            phases,
            deadline
        );
        TimeSpan total = phases.Total;
        if (stream is null)
        {
            return failure!;
        }

        await using SslStream open = stream;
        return Judge(verdict, total, phases) with { PerformanceData = $"days={CertificateVerdict.Days(verdict.Left)}" };
    }

    private Observation Judge(CertificateVerdict verdict, TimeSpan total, PhaseTimes phases)
    {
        return verdict.Left <= ExpiresWithin ? Observation.Fail(verdict.Ends)
            : total > Latency ? phases.Slow(total, Latency.Value)
            : verdict.Left <= WarnWithin ? Observation.OkWithWarning(verdict.Ends)
            : Observation.Ok(verdict.Ends);
    }
}
