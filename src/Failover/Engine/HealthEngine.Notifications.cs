using System.Collections.Immutable;

namespace Failover;

// What people are notified of.
internal sealed partial class HealthEngine
{
    /// <inheritdoc cref="HealthMachine.Notify"/>
    public void Notify(ImmutableArray<NotificationFilter> filters)
    {
        using Input input = Enter();
        machine.Notify(filters, input.Now, input.Wall);
    }

    /// <inheritdoc cref="HealthMachine.Report"/>
    public void Report(string subject, NotificationTopics topic, NotificationSeverity severity, string? problem)
    {
        using Input input = Enter();
        machine.Report(subject, topic, severity, problem, input.Now, input.Wall);
    }

    /// <summary>What is wrong now and was reported on a route.</summary>
    public IReadOnlyList<Notification> AlarmsNow(string route)
    {
        lock (gate)
        {
            return [.. machine.AlarmsOf(route)];
        }
    }

    /// <summary>Stores what has become of deliveries, behind all that the machine wants stored.</summary>
    public void Persist(StateWrite write)
    {
        lock (gate)
        {
            storing.Add(new MachineAction.Persist(Sequence: 0, write));
        }

        storing.Drain();
    }
}
