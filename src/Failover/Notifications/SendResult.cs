namespace Failover;

/// <summary>What came of an attempt to send a message.</summary>
/// <param name="Problem">Why the receiver did not take it, in one line and without secrets; null: it did.</param>
/// <param name="IsOfMessage">Whether another message may be taken: the receiver is well.</param>
/// <param name="RetryAfter">How long it wants to be left alone; null where it does not say.</param>
internal readonly record struct SendResult(string? Problem, bool IsOfMessage = false, TimeSpan? RetryAfter = null)
{
    public static SendResult Taken => new(Problem: null);

    /// <summary>What the receiver answered: shown by <c>failover notify test</c>.</summary>
    public string Answer { get; init; } = "";

    public bool IsTaken => Problem is null;

    /// <summary>An attempt that ended by an exception.</summary>
    public static SendResult Of(Exception fault) => new(Printable.Escape(TextOf(fault)));

    // The innermost says what happened; those around it say that something did.
    private static string TextOf(Exception fault) =>
        fault switch
        {
            OperationCanceledException => "no answer in time",
            _ => fault.GetBaseException().Message,
        };
}
