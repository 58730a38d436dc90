using System.Collections.Immutable;

namespace Failover;

/// <summary>How notifications are delivered: <c>/-/api/v1/notifications</c>, and of one route <c>/-/api/v1/notifications/{name}</c>.</summary>
/// <param name="Routes">The routes, in the order of the file.</param>
/// <param name="Alarms">What is wrong now and a route reports, the newest first.</param>
/// <param name="DeadLetters">What was given up, the newest of each route first: of each up to 100.</param>
internal sealed record NotificationsDocument(
    ImmutableArray<NotificationRouteStatus> Routes,
    ImmutableArray<StandingAlarm> Alarms,
    ImmutableArray<DeadLetter> DeadLetters
)
{
    private const int MostDeadLetters = 100;

    /// <summary>Reports them.</summary>
    /// <param name="service">Who delivers.</param>
    /// <param name="route">One route; null: all.</param>
    /// <param name="redact">Takes what is secret out of a text.</param>
    public static NotificationsDocument Of(HealthService service, string? route, Func<string, string> redact)
    {
        RouteStatus[] routes = [.. service.Routes.Where(one => route is null || one.Route.Name == route)];
        return new(
            [.. routes.Select(one => NotificationRouteStatus.Of(one, redact))],
            [
                .. routes
                    .SelectMany(one =>
                        service.Engine.AlarmsNow(one.Route.Name).Select(alarm => (Route: one.Route.Name, Alarm: alarm))
                    )
                    .GroupBy(told => told.Alarm.Alarm, StringComparer.Ordinal)
                    .Select(told => StandingAlarm.Of(told.First().Alarm, told.Select(one => one.Route), redact))
                    .OrderByDescending(alarm => alarm.Since),
            ],
            [
                .. routes.SelectMany(one =>
                    one.Dead.Reverse().Take(MostDeadLetters).Select(dead => DeadLetter.Of(dead, redact))
                ),
            ]
        );
    }
}

/// <summary>How one route is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Receiver">The receiver, in a few words and without secrets.</param>
/// <param name="Pending">How many notifications are still to be delivered.</param>
/// <param name="Delivered">How many have been, since the start or the last change of the route.</param>
/// <param name="FailedAttempts">How many attempts failed, likewise.</param>
/// <param name="Dropped">How many were dropped, as too many were pending, likewise.</param>
/// <param name="GivenUp">How many were given up and can be sent again.</param>
/// <param name="Problem">Why the newest attempt failed; null where it did not, and before the first one.</param>
internal sealed record NotificationRouteStatus(
    string Name,
    string Receiver,
    int Pending,
    long Delivered,
    long FailedAttempts,
    long Dropped,
    int GivenUp,
    string? Problem
)
{
    /// <summary>Reports one.</summary>
    public static NotificationRouteStatus Of(RouteStatus one, Func<string, string> redact) =>
        new(
            one.Route.Name,
            redact(one.Route.Receiver.Summary),
            one.Waiting,
            one.Delivered,
            one.Failed,
            one.Dropped,
            one.Dead.Length,
            one.Problem is { } problem ? redact(problem) : null
        );
}

/// <summary>What is wrong now and a route reports.</summary>
/// <param name="Alarm">The same from the first notification of it to the one that says that it is over.</param>
/// <param name="Subject">What is wrong: <c>/mail</c>, <c>guard db</c>, <c>configuration</c> …</param>
/// <param name="Component">The component; null where it is about none.</param>
/// <param name="Severity">How urgent it is: <c>info</c>, <c>warning</c> or <c>critical</c>.</param>
/// <param name="State">What the component serves; null where it is about none.</param>
/// <param name="IsLatched">Whether only a reset ends it.</param>
/// <param name="Reason">Why, as it was reported last.</param>
/// <param name="Since">When it began, by the wall clock.</param>
/// <param name="Routes">The routes that report it.</param>
internal sealed record StandingAlarm(
    string Alarm,
    string Subject,
    string? Component,
    string Severity,
    HealthState? State,
    bool IsLatched,
    string Reason,
    DateTimeOffset Since,
    ImmutableArray<string> Routes
)
{
    /// <summary>Reports one.</summary>
    public static StandingAlarm Of(Notification told, IEnumerable<string> routes, Func<string, string> redact) =>
        new(
            told.Alarm,
            told.Subject,
            told.Component,
            NotificationWords.Of(told.Severity),
            told.State,
            told.IsLatched,
            redact(told.Reason),
            told.Since,
            [.. routes]
        );
}

/// <summary>A notification that was given up.</summary>
/// <param name="Id">Of the notification, the same for each route and each attempt.</param>
/// <param name="Route">The route.</param>
/// <param name="Status">What it says: <c>event</c>, <c>firing</c> or <c>resolved</c>.</param>
/// <param name="Severity">How urgent it is: <c>info</c>, <c>warning</c> or <c>critical</c>.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="At">When it happened, by the wall clock.</param>
/// <param name="Failure">Why the newest attempt failed.</param>
internal sealed record DeadLetter(
    string Id,
    string Route,
    string Status,
    string Severity,
    string Subject,
    string Reason,
    DateTimeOffset At,
    string Failure
)
{
    /// <summary>Reports one.</summary>
    public static DeadLetter Of(StoredDelivery dead, Func<string, string> redact) =>
        new(
            dead.Notification.Id,
            dead.Route,
            NotificationWords.Of(dead.Notification.Status),
            NotificationWords.Of(dead.Notification.Severity),
            dead.Notification.Subject,
            redact(dead.Notification.Reason),
            dead.Notification.At,
            redact(dead.Failure ?? "")
        );
}

/// <summary>What came of sending again what a route had given up.</summary>
/// <param name="Outcome">In a word or two, as the audit has it.</param>
/// <param name="Resent">How many notifications are tried again.</param>
internal sealed record ResendDocument(string Outcome, int Resent);
