namespace Failover;

/// <summary>A daemon was gone before it answered.</summary>
internal sealed class DaemonDiedException(Exception cause) : Exception("the daemon is gone", cause);
