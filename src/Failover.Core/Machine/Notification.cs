using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>What people are notified of: that something is wrong, that it is over, or that something was done.</summary>
/// <param name="Id">Of this notification alone, the same for each route and each attempt: receivers drop doubles by it.</param>
/// <param name="Alarm">Of what is wrong: the same from the first notification of it to the one that says that it is over. Empty where
/// nothing is wrong.</param>
/// <param name="Status">Whether something is wrong, is over, or was done.</param>
/// <param name="Topic">What it is about.</param>
/// <param name="Severity">How urgent it is; of what is over, how urgent it was.</param>
/// <param name="Subject">What it happened to: <c>/mail</c>, <c>guard db</c>, <c>configuration</c> …</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="At">When it happened, by the wall clock.</param>
public sealed record Notification(
    string Id,
    string Alarm,
    NotificationStatus Status,
    NotificationTopics Topic,
    NotificationSeverity Severity,
    string Subject,
    string Reason,
    DateTimeOffset At
)
{
    /// <summary>The name of the component that it is about; null where it is about none.</summary>
    public string? Component { get; init; }

    /// <summary>What the component serves from then on; null where it is about none.</summary>
    public HealthState? State { get; init; }

    /// <summary>What the people who were notified before know of its state; null where nothing was wrong before.</summary>
    public HealthState? Before { get; init; }

    /// <summary>Whether only a reset ends it.</summary>
    public bool IsLatched { get; init; }

    /// <summary>When it began to be wrong, by the wall clock.</summary>
    public DateTimeOffset Since { get; init; } = At;
}

/// <summary>Whether something is wrong.</summary>
public enum NotificationStatus
{
    /// <summary>Something was done, or has happened; nothing will say that it is over.</summary>
    Event,

    /// <summary>Something is wrong.</summary>
    Firing,

    /// <summary>It is over.</summary>
    Resolved,
}

/// <summary>A notification that one route has to deliver.</summary>
/// <param name="Number">Grows with each: they are delivered in this order.</param>
/// <param name="Route">The name of the route.</param>
/// <param name="Notification">What it says.</param>
public sealed record StoredDelivery(long Number, string Route, Notification Notification)
{
    /// <summary>Of this delivery alone.</summary>
    public string Key => $"{Notification.Id} {Route}";

    /// <summary>Why it was given up, for people; null where it is still to be delivered.</summary>
    public string? Failure { get; init; }
}

/// <summary>Something that is wrong and that people were notified of.</summary>
/// <param name="Newest">The newest notification of it.</param>
public sealed record StoredAlarm(Notification Newest)
{
    /// <summary>The routes on which it was reported.</summary>
    public ImmutableArray<AlarmedRoute> Routes { get; init; } = [];

    /// <summary>What is wrong: there is one alarm at most of each subject.</summary>
    public string Subject => Newest.Subject;
}

/// <summary>A route on which something was reported that is wrong.</summary>
/// <param name="Route">The name of the route.</param>
/// <param name="Since">Since when what is wrong is what the route takes, by the wall clock.</param>
public sealed record AlarmedRoute(string Route, DateTimeOffset Since);
