namespace Failover.Abstractions;

/// <summary>How mail is kept from being read on its way to the server.</summary>
public enum SmtpSecurity
{
    /// <summary>By TLS that begins after the greeting (RFC 3207), on port 587 unless another is given. A server that does not offer it gets
    /// neither password nor mail.</summary>
    StartTls,

    /// <summary>By TLS from the beginning (RFC 8314), on port 465 unless another is given.</summary>
    Tls,

    /// <summary>Not at all, on port 25 unless another is given: for a server on the same machine. Without a password.</summary>
    None,
}
