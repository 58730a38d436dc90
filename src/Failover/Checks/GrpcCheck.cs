using System.Collections.Immutable;

namespace Failover;

/// <summary>Whether a gRPC server says of itself, or of one of its services, that it is serving.</summary>
/// <remarks>
/// It asks the standard health service (<c>grpc.health.v1.Health/Check</c>) by HTTP/2, over a connection of its own. It is ok if the answer is
/// <c>SERVING</c>; else fail, with the cause first: <c>NOT_SERVING</c>, <c>NOT_FOUND</c> where the server does not know the service,
/// <c>UNIMPLEMENTED</c> where it has no health service, and those of <see cref="HttpCheck"/>. Nothing is retried.
/// </remarks>
public sealed partial record GrpcCheck : ProbeCheck, ITargetedCheck
{
    private readonly Destination destination;
    private readonly TlsClient client;

    /// <summary>Describes the check; resolves and connects nothing.</summary>
    /// <param name="host">The target: a name, an IPv4 or an IPv6 address.</param>
    /// <param name="port">Its port: 1 to 65535, or a service name.</param>
    /// <param name="service">The service that is asked for, as <c>shop.v1.Orders</c>; left out, the server as a whole.</param>
    /// <param name="tls">Speaks TLS; left out, HTTP/2 goes without it, with prior knowledge.</param>
    /// <param name="serverName">The name of the server in TLS and in the request; left out, the host.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; left out, those of the system. Read at each
    /// probe.</param>
    /// <param name="insecure">Accepts any certificate.</param>
    /// <param name="clientCertificate">A file with the certificate to show, and those of its issuers, in PEM. Read at each probe.</param>
    /// <param name="clientKey">A file with its key, in PEM; left out, it is in the file of the certificate.</param>
    /// <param name="family">The addresses of the host that are tried.</param>
    /// <param name="latency">The longest that the probe may take, from 1 ms to 30 days; one that takes longer is a fail. Left out, the timeout alone
    /// counts.</param>
    /// <param name="timeout">How long all of it may take, name resolution included, from 1 ms to 30 days; a probe that reaches it is a fail. Left
    /// out, 10 s. The files of certificates are read before it begins, and have as long again, up to 5 s.</param>
    /// <param name="resolver">The name server that is asked for the addresses of the host, instead of the system's resolver: <c>HOST</c>,
    /// <c>HOST:PORT</c> or <c>[IPV6]:PORT</c>. A probe that gets no word from it is an error.</param>
    /// <exception cref="ArgumentException">An argument is missing or out of range, or two do not go together. The message says what is
    /// accepted.</exception>
    public GrpcCheck(
        string host,
        Port port,
        string? service = null,
        bool tls = false,
        string? serverName = null,
        string? ca = null,
        bool insecure = false,
        string? clientCertificate = null,
        string? clientKey = null,
        IpFamily family = IpFamily.Any,
        TimeSpan? latency = null,
        TimeSpan? timeout = null,
        string? resolver = null
    )
    {
        Host = HostOption.Check(host);
        Port = PortOption.Check(port);
        Service = ServiceOption.CheckIfGiven(service);
        Tls = tls;
        ServerName = ServerNameOption.CheckIfGiven(serverName);
        client = TlsOptions.Check(ca, insecure, clientCertificate, clientKey);
        if (!tls && client != new TlsClient())
        {
            string option =
                ca is not null ? nameof(ca)
                : insecure ? nameof(insecure)
                : nameof(clientCertificate);
            throw new ArgumentException($"{option} is without TLS; accepted: tls beside it", option);
        }

        Family = FamilyOption.Check(family);
        Latency = LatencyOption.CheckIfGiven(latency);
        Timeout = TimeoutOption.Check(timeout);
        Resolver = ResolverOption.CheckIfGiven(resolver);
        destination = new(Host, Port, family: Family) { Resolver = DnsResolver.Of(Resolver) };
    }

    /// <summary>The target.</summary>
    public string Host { get; }

    /// <summary>The target's port.</summary>
    public Port Port { get; }

    /// <summary>The service that is asked for; null: the server as a whole.</summary>
    public string? Service { get; }

    /// <summary>Whether TLS is spoken.</summary>
    public bool Tls { get; }

    /// <summary>The name of the server in TLS and in the request; null: the host.</summary>
    public string? ServerName { get; }

    /// <summary>A file with the root certificates that are trusted; null: those of the system.</summary>
    public string? Ca => client.Ca;

    /// <summary>Whether any certificate is accepted.</summary>
    public bool Insecure => client.IsInsecure;

    /// <summary>A file with the certificate that is shown; null: none.</summary>
    public string? ClientCertificate => client.ClientCertificate;

    /// <summary>A file with its key; null: it is in the file of the certificate.</summary>
    public string? ClientKey => client.ClientKey;

    /// <summary>The addresses that are tried.</summary>
    public IpFamily Family { get; }

    /// <summary>The longest that the probe may take; null: the timeout alone counts.</summary>
    public TimeSpan? Latency { get; }

    /// <summary>How long all of it may take, behind the files of certificates.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The name server that is asked for addresses; null: the system's resolver.</summary>
    public string? Resolver { get; }

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Timeout + client.FilesTimeout(Timeout);

    /// <inheritdoc/>
    public override string? TargetHost => Host;

    /// <inheritdoc/>
    public override string Summary =>
        Service is null ? $"grpc {HostAndPort.Join(Host, Port)}" : $"grpc {HostAndPort.Join(Host, Port)} {Service}";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values =>
        [
            Host,
            Port,
            Service,
            Tls,
            ServerName,
            Ca,
            Insecure,
            ClientCertificate,
            ClientKey,
            Family,
            Latency,
            Timeout,
            Resolver,
        ];

    // Reading the files of TLS may.
    internal override bool MayBlock => client.HasFiles;

    (string Host, int? Port) ITargetedCheck.Target => (Host, Port.Number);

    ProbeCheck ITargetedCheck.Along(ProbeTrail trail) =>
        this with
        {
            NameResolver = trail.Over(DnsResolver.Of(Resolver), Port.Number),
        };

    private INameResolver NameResolver
    {
        init => destination = destination with { Resolver = value };
    }

    /// <inheritdoc/>
    public override ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken) =>
        TlsProbe.RunAsync(client, Timeout, time, probe => ProbeAsync(probe, time), cancellationToken);

    private async ValueTask<Observation> ProbeAsync(TlsProbe probe, TimeProvider time)
    {
        var (files, phases, deadline) = probe;
        Http2Exchange exchange = new(new(destination, client, time));
        HttpOutcome outcome = await exchange.RunAsync(Request(), files, phases, deadline);
        return outcome.Answer is { } answer ? Judge(answer, phases) : outcome.Failure!;
    }

    private HttpRequest Request()
    {
        // A zone is of this machine's, and no part of a URL.
        string authority = HostAndPort.Join((ServerName ?? Host).Split('%')[0], Port.Number);
        return new(
            new($"{(Tls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)}://{authority}{GrpcHealth.Path}"),
            "POST",
            [new("Content-Type", GrpcHealth.MediaType), new("TE", "trailers")],
            Authorization: null,
            GrpcHealth.Ask(Service ?? "")
        );
    }

    private Observation Judge(HttpAnswer answer, PhaseTimes phases)
    {
        TimeSpan total = phases.Total;
        return GrpcHealth.FlawOf(answer) is { } flaw ? Observation.Fail($"{flaw}: {destination.Text}")
            : total > Latency ? phases.Slow(total, Latency.Value)
            : Observation.Ok($"SERVING in {PhaseTimes.Rounded(total)}");
    }
}
