namespace Failover;

/// <summary>How the answers of a name server have to agree with those that are expected.</summary>
public enum DnsMatch
{
    /// <summary>Each that is expected is among them; there may be others.</summary>
    All,

    /// <summary>At least one that is expected is among them.</summary>
    Any,

    /// <summary>Each that is expected is among them, and no other.</summary>
    Exactly,
}
