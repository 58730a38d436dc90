using System.Collections.Immutable;

namespace Failover.Simulation;

/// <summary>Whoever is told everything knows what is wrong: all of it, and each only once.</summary>
internal sealed class NotificationInvariants(World world)
{
    private readonly Dictionary<string, Notification> known = new(StringComparer.Ordinal);
    private readonly HashSet<string> ids = new(StringComparer.Ordinal);
    private long last;

    /// <summary>The route that is told everything.</summary>
    public static NotificationFilter Everything { get; } =
        new("all", Components: null, NotificationTopics.All, NotificationSeverity.Info);

    /// <summary>Notifications reach whoever is told.</summary>
    public void Delivered(ImmutableArray<StoredDelivery> deliveries)
    {
        foreach (StoredDelivery delivery in deliveries)
        {
            Notification told = delivery.Notification;
            if (!ids.Add(told.Id))
            {
                throw new InvariantViolation("notification", $"{told.Id} is the identity of two");
            }

            last = delivery.Number > last ? delivery.Number : throw OutOfOrder(delivery);
            switch (told.Status)
            {
                case NotificationStatus.Firing:
                    Fire(told);
                    break;
                case NotificationStatus.Resolved when !known.Remove(told.Subject):
                    throw new InvariantViolation("notification", $"{told.Subject} is over, and nothing was wrong");
                default:
                    break;
            }
        }
    }

    /// <summary>Numbers begin anew behind those that are still to be delivered: here, none is. Where the file with what was told is gone, what
    /// is wrong is told anew, and of what is over nobody hears.</summary>
    public void Died(Crash died)
    {
        last = 0;
        foreach (string subject in known.Keys.ToArray())
        {
            if (died.Remains == Remains.Corrupt || (world.Store.IsLost && !world.Store.Alarms.ContainsKey(subject)))
            {
                known.Remove(subject);
            }
        }
    }

    /// <summary>While nothing waits to be stored, what people know of a component is what it serves.</summary>
    public void After()
    {
        if (!world.Store.IsIdle || world.Store.IsLost)
        {
            return;
        }

        foreach (ServedComponent component in world.Machine.Components)
        {
            Snapshot served = component.Published;
            known.TryGetValue($"/{component.Name}", out Notification? told);
            bool isSettled =
                component.Hold is null
                && served.IsKnown
                && (served.Evidence != 0 || served.IsLatched || served.IsDictated);
            if (isSettled && told?.State != StateToTell(served))
            {
                throw new InvariantViolation(
                    "notification",
                    $"/{component.Name} serves {served.State}, and people know of {told?.State}"
                );
            }
        }

        if (
            known.Keys.FirstOrDefault(subject => subject.StartsWith('/') && world.Machine.Find(subject[1..]) is null) is
            { } gone
        )
        {
            throw new InvariantViolation("notification", $"{gone} is not served, and people know that it fails");
        }
    }

    private static HealthState? StateToTell(Snapshot served) =>
        served is { State: HealthState.Ok, IsError: false, HasWarning: false } ? null : served.State;

    private void Fire(Notification told)
    {
        if (known.TryGetValue(told.Subject, out Notification? before))
        {
            bool isNews =
                before.State != told.State
                || before.IsLatched != told.IsLatched
                || before.Topic != told.Topic
                || before.Severity != told.Severity;
            if (!isNews || before.Alarm != told.Alarm)
            {
                throw new InvariantViolation("notification", $"{told.Subject} is told again: {told.Reason}");
            }
        }

        known[told.Subject] = told;
    }

    private InvariantViolation OutOfOrder(StoredDelivery delivery) =>
        new("notification", FormattableString.Invariant($"number {delivery.Number} comes after {last}"));
}
