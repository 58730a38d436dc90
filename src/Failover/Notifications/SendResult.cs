namespace Failover;

/// <summary>What came of an attempt to send a message.</summary>
/// <param name="Problem">Why the receiver did not take it, in one line and without secrets; null: it did.</param>
/// <param name="IsOfMessage">Whether another message may be taken: the receiver is well.</param>
/// <param name="RetryAfter">How long it wants to be left alone; null where it does not say.</param>
internal readonly record struct SendResult(string? Problem, bool IsOfMessage = false, TimeSpan? RetryAfter = null)
{
    public static SendResult Taken => default;

    /// <summary>Why the last line of the receiver's answer was what it was: shown by <c>failover notify test</c>.</summary>
    public string Answer { get; init; } = "";

    public bool IsTaken => Problem is null;
}
