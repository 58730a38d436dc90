namespace Failover;

/// <summary>What a probe is at.</summary>
internal enum ProbePhase
{
    /// <summary>Looking up the name.</summary>
    Name,

    /// <summary>Connecting.</summary>
    Connect,

    /// <summary>The TLS handshake.</summary>
    Tls,

    /// <summary>Sending the request and waiting for the first byte of the answer.</summary>
    FirstByte,

    /// <summary>Reading the rest of the answer.</summary>
    Rest,
}
