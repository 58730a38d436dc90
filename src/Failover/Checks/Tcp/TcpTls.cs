namespace Failover;

/// <summary>How a <see cref="TcpCheck"/> speaks TLS, and how long a certificate has to be valid.</summary>
/// <param name="Client">What is trusted, and what is shown.</param>
/// <param name="IsStartTls">Whether the connection begins in plain text.</param>
/// <param name="ServerName">The name that the certificate has to be for; null: the host.</param>
/// <param name="ExpiresWithin">How long the certificate has to be valid at least, exclusively; null: until now.</param>
/// <param name="WarnWithin">From how long before its end it is a warning; null: never.</param>
internal sealed record TcpTls(
    TlsClient Client,
    bool IsStartTls,
    string? ServerName,
    TimeSpan? ExpiresWithin,
    TimeSpan? WarnWithin
);
