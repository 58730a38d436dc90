using System.Text.Json;

namespace Failover;

/// <summary>What happens to an override, for people.</summary>
internal static class OverrideText
{
    /// <summary>As in JSON: <c>expires_soon</c>.</summary>
    public static string Word(OverrideStep step) => JsonNamingPolicy.SnakeCaseLower.ConvertName(step.ToString());

    public static string Of(OverrideChange change)
    {
        string text = Printable.Escape(change.Override.Text);
        return change.Step switch
        {
            OverrideStep.Set => $"override: {text}",
            OverrideStep.Cleared => $"override cleared by {Printable.Escape(change.By ?? "nobody")}: {text}",
            OverrideStep.ExpiresSoon => $"override expires soon, and fail follows: {text}",
            OverrideStep.Expired => $"override expired: {text}",
            OverrideStep.EndedByLatch => $"override ended by a latch: {text}",
            _ => throw new ArgumentOutOfRangeException(nameof(change), change.Step, "no such step"),
        };
    }
}
