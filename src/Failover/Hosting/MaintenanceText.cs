using System.Text.Json;

namespace Failover;

/// <summary>What happens to a maintenance window, for people.</summary>
internal static class MaintenanceText
{
    public static string Of(MaintenanceChange change)
    {
        string text = Printable.Escape(change.Window.Text);
        return change.Step switch
        {
            MaintenanceStep.Opened => $"opened: {text}",
            MaintenanceStep.Closed => $"closed: {text}",
            MaintenanceStep.YieldedToLatch => $"maintenance yields to a latch: {text}",
            _ => throw new ArgumentOutOfRangeException(nameof(change), change.Step, "no such step"),
        };
    }

    /// <summary>As in JSON: <c>yielded_to_latch</c>.</summary>
    public static string Word(MaintenanceStep step) => JsonNamingPolicy.SnakeCaseLower.ConvertName(step.ToString());
}
