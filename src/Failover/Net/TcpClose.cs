namespace Failover;

/// <summary>How a connection that was made for a probe is closed.</summary>
public enum TcpClose
{
    /// <summary>By a reset. Leaves no TIME_WAIT, and on Linux the application usually never learns of the connection.</summary>
    Rst,

    /// <summary>In the ordinary way: the application accepts a connection and finds it ended.</summary>
    Fin,
}
