namespace Failover;

/// <summary>The options that every check with TLS has.</summary>
internal static class TlsOptions
{
    // Longer than any certificate that is trusted on the Internet is valid.
    private static readonly TimeSpan TenYears = TimeSpan.FromDays(3650);

    public static HostOption ServerName() =>
        new("serverName", "the name that is asked for and that the certificate has to be for", "the host");

    public static DurationOption ExpiresWithin() =>
        new(
            "expiresWithin",
            "a certificate that is valid for this long or shorter is a fail",
            FallbackText: "one that has expired"
        )
        {
            Most = TenYears,
        };

    public static DurationOption WarnWithin() =>
        new(
            "warnWithin",
            "a certificate that is valid for this long or shorter is ok with a warning",
            TimeSpan.FromDays(14)
        )
        {
            Most = TenYears,
        };

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
                ca is null ? null : Ca().CheckIfGiven(ca),
                insecure,
                clientCertificate is null ? null : ClientCertificate().CheckIfGiven(clientCertificate),
                clientKey is null ? null : ClientKey().CheckIfGiven(clientKey)
            );
}
