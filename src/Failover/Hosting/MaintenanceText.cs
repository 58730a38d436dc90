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

    public static string Word(MaintenanceStep step) =>
        step switch
        {
            MaintenanceStep.Opened => "opened",
            MaintenanceStep.Closed => "closed",
            MaintenanceStep.YieldedToLatch => "yielded_to_latch",
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "no such step"),
        };
}
