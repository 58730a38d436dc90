namespace Failover;

/// <summary>What a state file holds is not what was stored. The message is a part of a sentence: why that is known.</summary>
internal sealed class StateDamage(string message, Exception? innerException = null)
    : Exception(message, innerException);

/// <summary>A commit ended with a fault that leaves open whether it is stored. The message says which, as a part of a
/// sentence.</summary>
internal sealed class StateCommitUnknown(string message, Exception innerException) : Exception(message, innerException);
