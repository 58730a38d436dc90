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
    private readonly Dictionary<string, RouteWorker> workers = new(StringComparer.Ordinal);
    private NotificationSettings settings = NotificationSettings.None;
    private bool isStarted;

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
        List<(RouteWorker Worker, ImmutableArray<StoredDelivery> Waiting)> moved = [];
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
                    workers.Add(route.Name, changed);
                    moved.Add((changed, worker.All));
                }
            }

            foreach (NotificationRoute route in next.Routes.Where(route => !workers.ContainsKey(route.Name)))
            {
                workers.Add(route.Name, new(route, this));
            }
        }

        foreach ((RouteWorker worker, ImmutableArray<StoredDelivery> waiting) in moved)
        {
            foreach (StoredDelivery delivery in waiting)
            {
                worker.Add(delivery);
            }
        }

        Forget(gone);
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
            Start();
        }
    }

    /// <summary>Begins to deliver: what was stored has been added.</summary>
    public void Start()
    {
        RouteWorker[] all;
        lock (gate)
        {
            isStarted = true;
            all = [.. workers.Values];
        }

        foreach (RouteWorker worker in all)
        {
            worker.Start(engine.AlarmsNow(worker.Route.Name));
        }
    }

    /// <inheritdoc/>
    public void Add(ImmutableArray<StoredDelivery> deliveries)
    {
        List<StoredDelivery> gone = [];
        foreach (StoredDelivery delivery in deliveries.OrderBy(one => one.Number))
        {
            RouteWorker? worker;
            lock (gate)
            {
                workers.TryGetValue(delivery.Route, out worker);
            }

            if (worker is null)
            {
                gone.Add(delivery);
            }
            else
            {
                worker.Add(delivery);
            }
        }

        Forget(gone);
    }

    /// <inheritdoc/>
    public void StoreAgain()
    {
        RouteWorker[] all;
        lock (gate)
        {
            all = [.. workers.Values];
        }

        Store(new() { Deliveries = [.. all.SelectMany(worker => worker.All)] });
    }

    /// <summary>Sends what is due, without waiting for more of it, and then nothing any longer.</summary>
    /// <param name="longest">How long that may take, by the clock of the system: whoever stops waits for it.</param>
    public async Task FinishAsync(TimeSpan longest)
    {
        RouteWorker[] all;
        lock (gate)
        {
            all = [.. workers.Values];
        }

        await Task.WhenAll(all.Select(worker => worker.FinishAsync()))
            .WaitAsync(longest)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Tries what a route has given up again.</summary>
    /// <returns>How many; null where there is no such route.</returns>
    public int? Revive(string route)
    {
        lock (gate)
        {
            return workers.TryGetValue(route, out RouteWorker? worker) ? worker.Revive() : null;
        }
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
    public async Task RepeatAsync(
        NotificationRoute route,
        Func<Notification, bool> isTold,
        CancellationToken cancellationToken
    )
    {
        if (route.Receiver.IsLifeSign)
        {
            if (await isWell())
            {
                await SendAsync(route, [], cancellationToken);
            }

            return;
        }

        ImmutableArray<Notification> alarms = [.. engine.AlarmsNow(route.Name).Where(isTold)];
        if (!alarms.IsEmpty)
        {
            await SendAsync(route, alarms, cancellationToken);
        }
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
            foreach (RouteWorker worker in workers.Values)
            {
                worker.Dispose();
            }

            workers.Clear();
        }
    }

    private void Store(StateWrite write)
    {
        if (!write.IsEmpty)
        {
            engine.Persist(write);
        }
    }
}
