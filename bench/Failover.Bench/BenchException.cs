namespace Failover;

/// <summary>The measurement cannot be made. The message is one line for people.</summary>
internal sealed class BenchException(string message) : Exception(message);
