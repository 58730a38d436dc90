namespace Failover;

/// <summary>The server could not start. The message is one line for people: what, and why.</summary>
public sealed class FailoverStartException : Exception
{
    /// <summary>With a message for people.</summary>
    public FailoverStartException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}
