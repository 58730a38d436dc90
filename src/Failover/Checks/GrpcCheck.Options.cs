namespace Failover;

// Its options as data.
public sealed partial record GrpcCheck
{
    private const int LongestService = 1000;

    private static readonly HostOption HostOption = new("host", "the target");
    private static readonly PortOption PortOption = new("port", "the target's port");
    private static readonly FormattedOption ServiceOption = new(
        "service",
        "the service that is asked for",
        "the name of a service, as shop.v1.Orders",
        "shop.v1.Orders",
        text => text.Length is 0 or > LongestService || text.AsSpan().ContainsAnyExceptInRange('!', '~') ? "" : null,
        "the server as a whole"
    );
    private static readonly SwitchOption TlsOption = new("tls", "speaks TLS; else HTTP/2 goes without it");
    private static readonly HostOption ServerNameOption = new(
        "serverName",
        "the name of the server in TLS and in the request",
        "the host"
    );
    private static readonly PathOption CaOption = TlsOptions.Ca();
    private static readonly SwitchOption InsecureOption = TlsOptions.Insecure();
    private static readonly PathOption ClientCertificateOption = TlsOptions.ClientCertificate();
    private static readonly PathOption ClientKeyOption = TlsOptions.ClientKey();
    private static readonly ChoiceOption<IpFamily> FamilyOption = TlsOptions.Family();
    private static readonly DurationOption LatencyOption = TlsOptions.Latency();
    private static readonly DurationOption TimeoutOption = new(
        "timeout",
        "how long all of it may take, name resolution included",
        TimeSpan.FromSeconds(10)
    );

    private static readonly FormattedOption ResolverOption = DnsResolver.Option();

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "grpc",
            "whether a gRPC server says of itself, or of a service, that it is serving",
            [
                HostOption,
                PortOption,
                ServiceOption,
                TlsOption,
                ServerNameOption,
                CaOption,
                InsecureOption,
                ClientCertificateOption,
                ClientKeyOption,
                FamilyOption,
                LatencyOption,
                TimeoutOption,
                ResolverOption,
            ]
        )
        {
            Make = given => new GrpcCheck(
                (string)given[0]!,
                (Port)given[1]!,
                (string?)given[2],
                (bool?)given[3] ?? false,
                (string?)given[4],
                (string?)given[5],
                (bool?)given[6] ?? false,
                (string?)given[7],
                (string?)given[8],
                (IpFamily?)given[9] ?? FamilyOption.Fallback,
                (TimeSpan?)given[10],
                (TimeSpan?)given[11],
                (string?)given[12]
            ),
            ShortForm = HostAndPort.ShortForm(HostOption, PortOption),
            Target = new(HostAndPort.ShortForm(HostOption, PortOption), "target.example.net:1"),
        };
}
