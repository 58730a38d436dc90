using System.Collections.Immutable;

namespace Failover;

/// <summary>Delivers notifications on their routes. What is to be delivered is stored by the machine's own writes; what has been delivered is
/// forgotten here. Nothing waits for it.</summary>
/// <param name="engine">Where it is stored, and where alarms are known.</param>
/// <param name="isWell">Whether the process itself is well: a dead man's switch is notified only then.</param>
/// <param name="warn">Takes lines for people, as that a receiver cannot be reached and that it can again.</param>
/// <param name="time">The clock.</param>
internal sealed class Outbox(HealthEngine engine, Func<ValueTask<bool>> isWell, Action<string> warn, TimeProvider time)
    : IDeliveries,
        IDisposable
{
    private readonly Lock gate = new();
    private readonly Lock storing = new();
    private readonly Dictionary<string, RouteWorker> workers = new(StringComparer.Ordinal);
    private NotificationSettings settings = NotificationSettings.None;
    private volatile bool isStarted;
    private bool isEnded;

    public TimeProvider Time => time;

    /// <summary>How each route is, in the order of the configuration.</summary>
    public ImmutableArray<RouteStatus> Status
    {
        get
        {
            lock (gate)
            {
                return
                [
                    .. settings
                        .Routes.Where(route => workers.ContainsKey(route.Name))
                        .Select(route => workers[route.Name].Status),
                ];
            }
        }
    }

    /// <summary>Takes who is notified of what. What is pending for a route that is gone is forgotten.</summary>
    public void Use(NotificationSettings next)
    {
        List<StoredDelivery> gone = [];
        List<StoredDelivery> over = [];
        lock (gate)
        {
            settings = next;
            foreach (RouteWorker worker in workers.Values.ToArray())
            {
                NotificationRoute? route = next.Routes.FirstOrDefault(one => one.Name == worker.Route.Name);
                if (route == worker.Route)
                {
                    continue;
                }

                worker.Dispose();
                workers.Remove(worker.Route.Name);
                if (route is null)
                {
                    gone.AddRange(worker.All);
                }
                else
                {
                    RouteWorker changed = new(route, this);
                    changed.CountOn(worker.Status);
                    workers.Add(route.Name, changed);
                    over.AddRange(worker.All.SelectMany(changed.Add));
                }
            }

            foreach (NotificationRoute route in next.Routes.Where(route => !workers.ContainsKey(route.Name)))
            {
                workers.Add(route.Name, new(route, this));
            }
        }

        Forget([.. gone, .. over]);
        if (gone.Count > 0)
        {
            warn(
                FormattableString.Invariant(
                    $"{gone.Count} notifications of routes that are configured no longer are forgotten"
                )
            );
        }

        if (isStarted)
        {
            foreach (RouteWorker worker in Workers())
            {
                // Before the machine notifies by the new filters: what it adds then is held where it is to be.
                worker.Resume(engine.AlarmsNow(worker.Route.Name));
            }

            Start();
        }
    }

    /// <summary>Begins to deliver.</summary>
    public void Start()
    {
        isStarted = true;
        foreach (RouteWorker worker in Workers())
        {
            worker.Start();
        }
    }

    /// <inheritdoc/>
    public void Load(StoredState stored)
    {
        Add(stored.Deliveries);
        foreach (RouteWorker worker in Workers())
        {
            worker.Resume(
                stored
                    .Alarms.Where(alarm => alarm.Routes.Any(one => one.Route == worker.Route.Name))
                    .Select(alarm => alarm.Newest)
            );
        }
    }

    /// <inheritdoc/>
    public void Add(ImmutableArray<StoredDelivery> deliveries)
    {
        List<StoredDelivery> over = [];
        lock (gate)
        {
            // What is handed on now is stored, and delivered by the next process.
            if (isEnded)
            {
                return;
            }

            foreach (StoredDelivery delivery in deliveries.OrderBy(one => one.Number))
            {
                over.AddRange(
                    workers.TryGetValue(delivery.Route, out RouteWorker? worker) ? worker.Add(delivery) : [delivery]
                );
            }
        }

        Forget(over);
    }

    /// <inheritdoc/>
    public void StoreAgain()
    {
        // What is forgotten meanwhile is forgotten behind it.
        lock (storing)
        {
            Store(new() { Deliveries = [.. Workers().SelectMany(worker => worker.All)] });
        }
    }

    /// <summary>Sends what is due, without waiting for more of it, and then nothing any longer.</summary>
    /// <param name="longest">How long that may take, by the clock of the system: whoever stops waits for it.</param>
    public async Task FinishAsync(TimeSpan longest)
    {
        await Task.WhenAll(Workers().Select(worker => worker.FinishAsync()))
            .WaitAsync(longest)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Tries what a route has given up again.</summary>
    /// <returns>How many; null where there is no such route.</returns>
    public int? Revive(string route)
    {
        IReadOnlyList<Notification> standing = engine.AlarmsNow(route);
        int revived;
        IReadOnlyList<StoredDelivery> over;
        lock (gate)
        {
            if (!workers.TryGetValue(route, out RouteWorker? worker))
            {
                return null;
            }

            (revived, over) = worker.Revive(standing);
        }

        Forget(over);
        return revived;
    }

    /// <summary>Sends a message.</summary>
    public ValueTask<SendResult> SendAsync(
        NotificationRoute route,
        ImmutableArray<Notification> all,
        CancellationToken cancellationToken
    ) => NotificationSender.SendAsync(route, all, settings, time, cancellationToken);

    /// <summary>Tells a receiver again what is wrong, or that the process is well. What it does not take, it gets the next
    /// time.</summary>
    /// <param name="route">The route.</param>
    /// <param name="isTold">Whether an alarm has been told on it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What came of it; null where nothing was to be said.</returns>
    public async Task<SendResult?> RepeatAsync(
        NotificationRoute route,
        Func<Notification, bool> isTold,
        CancellationToken cancellationToken
    )
    {
        if (route.Receiver.IsLifeSign)
        {
            return await isWell() ? await SendAsync(route, [], cancellationToken) : null;
        }

        ImmutableArray<Notification> alarms = [.. engine.AlarmsNow(route.Name).Where(isTold)];
        return alarms.IsEmpty ? null : await SendAsync(route, alarms, cancellationToken);
    }

    /// <summary>They need not be delivered any longer.</summary>
    public void Forget(IReadOnlyCollection<StoredDelivery> deliveries)
    {
        if (deliveries.Count > 0)
        {
            Store(new() { ForgottenDeliveries = [.. deliveries.Select(one => one.Key)] });
        }
    }

    /// <summary>They have been given up.</summary>
    /// <param name="dead">Which.</param>
    /// <param name="forgotten">Older ones for which there is no room.</param>
    public void Bury(IReadOnlyCollection<StoredDelivery> dead, IReadOnlyCollection<StoredDelivery> forgotten)
    {
        if (dead.Count > 0)
        {
            Store(new() { Deliveries = [.. dead], ForgottenDeliveries = [.. forgotten.Select(one => one.Key)] });
        }
    }

    /// <summary>Says that a receiver does not take messages, and that it does again: once each.</summary>
    public void TellProblem(NotificationRoute route, string? before, string? now)
    {
        if (before is null && now is not null)
        {
            warn(
                settings.Redact(
                    $"notifications on route {route.Name} are not taken: {now}; they are tried again for 24h"
                )
            );
        }
        else if (before is not null && now is null)
        {
            warn($"notifications on route {route.Name} are taken again");
        }
    }

    /// <summary>Says that some were given up.</summary>
    public void TellDead(NotificationRoute route, int count, string why) =>
        warn(
            settings.Redact(
                FormattableString.Invariant(
                    $"{count} notifications on route {route.Name} are given up after 24h: {why}; failover notify resend {route.Name} tries them again"
                )
            )
        );

    public void Dispose()
    {
        lock (gate)
        {
            isEnded = true;
            foreach (RouteWorker worker in workers.Values)
            {
                worker.Dispose();
            }
        }
    }

    private RouteWorker[] Workers()
    {
        lock (gate)
        {
            return [.. workers.Values];
        }
    }

    private void Store(StateWrite write)
    {
        if (write.IsEmpty)
        {
            return;
        }

        lock (storing)
        {
            engine.Persist(write);
        }
    }
}
