namespace Failover;

/// <summary>The options that every check with TLS has.</summary>
internal static class TlsOptions
{
    public static PathOption Ca() => new("ca", "the root certificates that are trusted, in PEM", "those of the system");

    public static SwitchOption Insecure() => new("insecure", "accepts any certificate");

    public static PathOption ClientCertificate() =>
        new("clientCertificate", "the certificate that is shown, and those of its issuers, in PEM", "none");

    public static PathOption ClientKey() =>
        new("clientKey", "the key of the client certificate, in PEM", "in the file of the client certificate");

    public static ChoiceOption<IpFamily> Family() =>
        new("family", "the addresses of the host that are tried", IpFamily.Any);

    public static DurationOption Latency() =>
        new("latency", "the longest that all of it may take; what takes longer is a fail", FallbackText: "the timeout");

    /// <summary>Describes how TLS is spoken.</summary>
    /// <exception cref="ArgumentException">A key without its certificate, or a path that is none.</exception>
    public static TlsClient Check(string? ca, bool insecure, string? clientCertificate, string? clientKey) =>
        clientKey is not null && clientCertificate is null
            ? throw new ArgumentException(
                "clientKey is without its certificate; accepted: clientCertificate beside it",
                nameof(clientKey)
            )
            : new(
                Ca().CheckIfGiven(ca),
                insecure,
                ClientCertificate().CheckIfGiven(clientCertificate),
                ClientKey().CheckIfGiven(clientKey)
            );
}
