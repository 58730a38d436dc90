namespace Failover.Abstractions;

/// <summary>The store cannot be used, or could not store something. The message is one line for people: what, and why.</summary>
public sealed class StateStoreException : Exception
{
    /// <summary>With a message for people.</summary>
    public StateStoreException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}
