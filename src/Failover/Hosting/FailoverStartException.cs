namespace Failover;

/// <summary>The server could not start. The message is one line for people: what, and why.</summary>
public sealed class FailoverStartException : Exception
{
    /// <summary>With a message for people.</summary>
    public FailoverStartException(string message, Exception? innerException = null)
        : base(message, innerException) { }

    /// <summary>Whether it could start if another process gave something up: an address that is in use.</summary>
    internal bool IsHeldElsewhere { get; init; }
}
