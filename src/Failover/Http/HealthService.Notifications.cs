using System.Collections.Immutable;

namespace Failover;

// Who is notified of what.
internal sealed partial class HealthService
{
    private static readonly TimeSpan LongestFinish = TimeSpan.FromSeconds(2);

    private readonly Lazy<Outbox> outbox;
    private readonly Lock reporting = new();
    private NotificationSettings notifications = NotificationSettings.None;
    private Action<string> warnOfNotifications = _ => { };

    /// <summary>Who is notified of what; others may take their place at any time. What is pending for routes that are gone is forgotten.</summary>
    public NotificationSettings Notifications
    {
        get => Volatile.Read(ref notifications);
        set
        {
            bool isUsed = outbox.IsValueCreated || !value.Routes.IsEmpty;
            Volatile.Write(ref notifications, value);
            if (isUsed)
            {
                Engine.Deliveries = outbox.Value;
                outbox.Value.Use(value);
                Engine.Notify([.. value.Routes.Select(route => route.Filter)]);
                if (isStarted)
                {
                    ReportStore();
                }
            }
        }
    }

    /// <summary>How each route is; empty where there is none.</summary>
    public ImmutableArray<RouteStatus> Routes => outbox.IsValueCreated ? outbox.Value.Status : [];

    /// <summary>Tries the notifications again that a route has given up.</summary>
    /// <returns>How many; null where there is no such route.</returns>
    public int? Resend(string route) => outbox.IsValueCreated ? outbox.Value.Revive(route) : null;

    /// <summary>Takes a route for notifications, from the start on.</summary>
    /// <exception cref="ArgumentException">Another route has its name, or one of its components was not added before.</exception>
    public void AddNotifications(NotificationRoute route)
    {
        if (isStarted)
        {
            throw new InvalidOperationException("notifications are added before the server starts");
        }

        added.AddNotifications(route);
    }

    /// <summary>Tells people that a configuration was rejected, or that the newest one is served.</summary>
    /// <param name="problem">Why it was; null: it was not.</param>
    public void ReportReload(string? problem) =>
        Engine.Report(
            "configuration",
            NotificationTopics.Reload,
            NotificationSeverity.Warning,
            problem is null ? null : $"the new one is rejected, and the one before goes on: {problem}"
        );

    // In the order in which they are read.
    private void ReportStore()
    {
        lock (reporting)
        {
            Engine.Report("state store", NotificationTopics.Store, NotificationSeverity.Critical, Engine.StoreFault);
        }
    }

    private async ValueTask<bool> IsWellAsync() => Engine.StoreFault is null && await Liveness.IsAliveAsync();

    private void PrepareNotifications()
    {
        if (added.Routes.Count > 0)
        {
            Notifications = Notifications with { Routes = [.. added.Routes] };
        }
    }

    private void StartNotifications()
    {
        if (outbox.IsValueCreated)
        {
            outbox.Value.Start();
        }
    }

    // What is stored is delivered by the next process.
    private async ValueTask EndNotificationsAsync()
    {
        if (outbox.IsValueCreated)
        {
            if (!isDurable)
            {
                await outbox.Value.FinishAsync(LongestFinish);
            }

            outbox.Value.Dispose();
        }
    }
}
