namespace Failover;

// What people ask for. Each ends when it is committed or given up.
internal sealed partial class HealthEngine
{
    /// <summary>Fires the oneshot of a component's POST action: ends the latches that wait for it, or arms it.</summary>
    /// <param name="component">The component that was POSTed.</param>
    /// <param name="audit">Who fires it, for the audit.</param>
    /// <param name="epoch">What the person saw, see <see cref="HealthMachine.EpochOf"/>; null: whatever it is.</param>
    public Task<OperationResult> FireAsync(Component component, PostAudit? audit = null, string? epoch = null) =>
        OperateAsync((ticket, now, wall) => machine.Fire(ticket, component.Served, audit, now, wall, epoch));

    /// <inheritdoc cref="HealthMachine.SetOverride"/>
    public Task<OperationResult> SetOverrideAsync(Component component, OverrideRequest request) =>
        OperateAsync((ticket, now, wall) => machine.SetOverride(ticket, component.Served, request, now, wall));

    /// <inheritdoc cref="HealthMachine.ClearOverride"/>
    public Task<OperationResult> ClearOverrideAsync(string name, string? epoch, PostAudit audit) =>
        OperateAsync((ticket, now, wall) => machine.ClearOverride(ticket, name, epoch, audit, now, wall));

    /// <inheritdoc cref="HealthMachine.Forget"/>
    public Task<OperationResult> ForgetAsync(string name, string? epoch, PostAudit audit) =>
        OperateAsync((ticket, now, wall) => machine.Forget(ticket, name, epoch, audit, now, wall));

    /// <inheritdoc cref="HealthMachine.EpochOf"/>
    public string EpochOf(string name)
    {
        lock (gate)
        {
            return machine.EpochOf(name);
        }
    }

    /// <inheritdoc cref="HealthMachine.Overrides"/>
    public IReadOnlyList<Override> OverridesNow()
    {
        lock (gate)
        {
            Instant now = Clock.Now;
            return [.. machine.Overrides.Where(one => now <= one.Until)];
        }
    }

    private Task<OperationResult> OperateAsync(Action<object, Instant, DateTimeOffset> operation)
    {
        TaskCompletionSource<OperationResult> ticket = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using (Input input = Enter())
        {
            operation(ticket, input.Now, input.Wall);
        }

        return ticket.Task;
    }
}
