namespace Failover;

/// <summary>Components that are added in code, one after the other, each checked against those that are there.</summary>
internal sealed class AddedComponents
{
    private readonly Dictionary<string, ComponentDescription> byName = new(StringComparer.Ordinal);

    // By each name that a heartbeat has had: a component that is added later may give another name to what it shares with one before.
    private readonly Dictionary<string, HealthTask> heartbeats = new(StringComparer.Ordinal);

    // By the name of each guard: the first component that has it.
    private readonly Dictionary<string, ComponentDescription> guards = new(StringComparer.Ordinal);

    private readonly Dictionary<string, Maintenance> maintenanceByName = new(StringComparer.Ordinal);

    private readonly Dictionary<string, NotificationRoute> routesByName = new(StringComparer.Ordinal);

    public AddedComponents() { }

    /// <summary>Copies others, which do not change by it.</summary>
    public AddedComponents(AddedComponents others)
    {
        byName = new(others.byName, StringComparer.Ordinal);
        heartbeats = new(others.heartbeats, StringComparer.Ordinal);
        guards = new(others.guards, StringComparer.Ordinal);
        maintenanceByName = new(others.maintenanceByName, StringComparer.Ordinal);
        routesByName = new(others.routesByName, StringComparer.Ordinal);
    }

    /// <summary>In the order in which they were added.</summary>
    public IReadOnlyCollection<ComponentDescription> All => byName.Values;

    /// <summary>Their scheduled maintenance, likewise.</summary>
    public IReadOnlyCollection<Maintenance> Maintenance => maintenanceByName.Values;

    /// <summary>The routes of their notifications, likewise.</summary>
    public IReadOnlyCollection<NotificationRoute> Routes => routesByName.Values;

    /// <summary>Takes one.</summary>
    /// <exception cref="ArgumentException">It is described wrongly, or has a name that is taken, or one of its heartbeats has.</exception>
    public void Add(ComponentDescription component)
    {
        ComponentChecks.Check(component, byName, byName.Values);
        CheckGuard(component.Guard);
        (string Name, HealthTask Task)[] own = [.. HeartbeatNames.In([component], Graph.NoNames)];
        if (
            own.Any(IsTaken)
            || own.DistinctBy(heartbeat => heartbeat.Name, StringComparer.Ordinal).Count() < own.Length
        )
        {
            ComponentChecks.CheckHeartbeats([.. byName.Values, component], Graph.NoNames, argument: "task");
        }

        byName.Add(component.Name, component);
        if (component.Guard is { } guard)
        {
            guards.TryAdd(guard.Name, component);
        }

        foreach ((string name, HealthTask task) in own)
        {
            heartbeats[name] = task;
        }
    }

    /// <summary>Takes a maintenance of components that have been added.</summary>
    /// <exception cref="ArgumentException">Another one has its name, or one of its components has not been added.</exception>
    public void AddMaintenance(Maintenance maintenance)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        Add(
            maintenanceByName,
            maintenance.Name,
            maintenance,
            "maintenance",
            maintenance.Components,
            nameof(maintenance)
        );
    }

    /// <summary>Takes a route for notifications of components that have been added.</summary>
    /// <exception cref="ArgumentException">Another route has its name, or one of its components has not been added.</exception>
    public void AddNotifications(NotificationRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        Add(routesByName, route.Name, route, "route", route.Components, nameof(route));
    }

    private void Add<T>(
        Dictionary<string, T> added,
        string name,
        T one,
        string what,
        IReadOnlyList<string>? components,
        string argument
    )
    {
        if (ComponentPattern.UnknownTo(byName.Keys, components).FirstOrDefault() is { } unknown)
        {
            throw new ArgumentException(
                $"components of the {what} {Printable.Quoted(name)} has {Printable.Quoted(unknown)}; accepted: components that were added before",
                argument
            );
        }

        if (!added.TryAdd(name, one))
        {
            throw new ArgumentException(
                $"the {what} {Printable.Quoted(name)} has the name of another one; accepted: a name of its own",
                argument
            );
        }
    }

    private void CheckGuard(Guard? guard)
    {
        if (
            guard is not null
            && guards.TryGetValue(guard.Name, out ComponentDescription? differing)
            && differing.Guard != guard
        )
        {
            throw new ArgumentException(
                $"guard is {Printable.Quoted(guard.Name)}, and that of {Printable.Quoted(differing.Name)} has this name, too, and differs; accepted: one guard for a group",
                nameof(guard)
            );
        }
    }

    private bool IsTaken((string Name, HealthTask Task) heartbeat) =>
        heartbeats.TryGetValue(heartbeat.Name, out HealthTask? other) && !ReferenceEquals(other, heartbeat.Task);
}
