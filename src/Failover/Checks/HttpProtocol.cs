namespace Failover;

/// <summary>The version of HTTP that a check speaks.</summary>
public enum HttpProtocol
{
    /// <summary>HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2: by ALPN over TLS, with prior knowledge without.</summary>
    Http2,
}
