namespace Failover;

/// <summary>What a state file holds is not what was stored. The message is a part of a sentence: why that is known.</summary>
internal sealed class StateDamage(string message, Exception? innerException = null)
    : Exception(message, innerException);
