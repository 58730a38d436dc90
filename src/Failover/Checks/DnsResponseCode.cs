namespace Failover;

/// <summary>What a name server says of a query (RFC 1035, 4.1.1).</summary>
public enum DnsResponseCode
{
    /// <summary>No error. The answer may still hold no record of the type.</summary>
    NoError = 0,

    /// <summary>The server could not read the query.</summary>
    FormErr = 1,

    /// <summary>The server could not answer, as a resolver whose own servers are silent.</summary>
    ServFail = 2,

    /// <summary>There is no such name.</summary>
    NxDomain = 3,

    /// <summary>The server does not do such queries.</summary>
    NotImp = 4,

    /// <summary>The server does not answer this client, or not for this name.</summary>
    Refused = 5,
}
