namespace Failover;

/// <summary>Where HAProxy's agent checks are answered, and with what.</summary>
/// <param name="Address">Where: plain TCP, or a Unix socket.</param>
/// <param name="DrainsOnFail">Whether HAProxy is to drain the server of a component that fails: it keeps the connections that it has, and gets no
/// new ones. Else the server is down.</param>
internal sealed record AgentSettings(ListenAddress Address, bool DrainsOnFail = false);
