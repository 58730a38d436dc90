namespace Failover;

/// <summary>What happens to an override, for people.</summary>
internal static class OverrideText
{
    public static string Word(OverrideStep step) =>
        step switch
        {
            OverrideStep.Set => "set",
            OverrideStep.Cleared => "cleared",
            OverrideStep.ExpiresSoon => "expires_soon",
            OverrideStep.Expired => "expired",
            OverrideStep.EndedByLatch => "ended_by_latch",
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "no such step"),
        };

    public static string Of(OverrideChange change)
    {
        string text = Printable.Escape(change.Override.Text);
        return change.Step switch
        {
            OverrideStep.Set => $"override: {text}",
            OverrideStep.Cleared => $"override cleared: {text}",
            OverrideStep.ExpiresSoon => $"override expires soon, and fail follows: {text}",
            OverrideStep.Expired => $"override expired: {text}",
            OverrideStep.EndedByLatch => $"override ended by a latch: {text}",
            _ => throw new ArgumentOutOfRangeException(nameof(change), change.Step, "no such step"),
        };
    }
}
