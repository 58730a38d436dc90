namespace Failover;

/// <summary>A target said something else than it should; the message says what, for people.</summary>
internal sealed class UnexpectedAnswerException(string message) : Exception(message);
