namespace Failover;

/// <summary>A commit ended with a fault that leaves open whether it is stored. The message says which, as a part of a
/// sentence.</summary>
internal sealed class StateCommitUnknown(string message, Exception innerException) : Exception(message, innerException);
