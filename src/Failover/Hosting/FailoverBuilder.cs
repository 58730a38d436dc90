namespace Failover;

/// <summary>Takes the components of an ASP.NET Core application.</summary>
public sealed class FailoverBuilder
{
    private readonly AddedComponents components;
    private IStateStore? store;
    private ProbeLimits probeLimits = new();

    internal FailoverBuilder() => components = new();

    private FailoverBuilder(AddedComponents components) => this.components = components;

    /// <inheritdoc cref="HealthCheckServer.AddComponent"/>
    public FailoverBuilder AddComponent(
        string name,
        HealthTask task,
        PostAction? onPost = null,
        TimeSpan? responseDeadline = null,
        OnError onError = OnError.Error,
        TimeSpan? onErrorFor = null,
        Guard? guard = null,
        bool probeHistogram = false
    )
    {
        components.Add(
            new(name, task, onPost, responseDeadline, ErrorHandling.Of(onError, onErrorFor))
            {
                Guard = guard,
                HasProbeHistogram = probeHistogram,
            }
        );
        return this;
    }

    /// <inheritdoc cref="HealthCheckServer.AddMaintenance"/>
    public FailoverBuilder AddMaintenance(Maintenance maintenance)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        components.AddMaintenance(maintenance);
        return this;
    }

    /// <summary>Sends notifications of components that have been added on a route; several can be added.</summary>
    /// <param name="route">What is sent to whom.</param>
    /// <remarks>With <see cref="KeepStateIn"/>, what is still to be delivered outlives the process. Otherwise it is lost with the process: when the
    /// application stops, what is due is tried once more, for 2 s at most.</remarks>
    /// <exception cref="ArgumentException">Another one has its name, or one of its components has not been added.</exception>
    public FailoverBuilder AddNotifications(NotificationRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        components.AddNotifications(route);
        return this;
    }

    /// <summary>Keeps latches, judged states and armed oneshots beyond the life of the process. Left out, nowhere.</summary>
    /// <param name="state">Where, as <c>new SqliteStateStore("state.db")</c> of the package Failover.Sqlite. It belongs to the application
    /// from then on: it is loaded when the application starts, and closed when it stops.</param>
    /// <exception cref="InvalidOperationException">There is a store already.</exception>
    public FailoverBuilder KeepStateIn(IStateStore state)
    {
        ArgumentNullException.ThrowIfNull(state);
        store = store is null
            ? state
            : throw new InvalidOperationException("state is kept in another store already; accepted: one KeepStateIn");
        return this;
    }

    /// <summary>Limits how many probes run at a time. Called again, it replaces what was said before.</summary>
    /// <param name="max">As <see cref="HealthCheckServer.MaxProbes"/>.</param>
    /// <param name="maxPerHost">As <see cref="HealthCheckServer.MaxProbesPerHost"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public FailoverBuilder LimitProbes(int? max = null, int? maxPerHost = null)
    {
        probeLimits = new(ProbeLimits.Check(max, nameof(max)), ProbeLimits.Check(maxPerHost, nameof(maxPerHost)));
        return this;
    }

    /// <summary>A copy, to which more can be added.</summary>
    internal FailoverBuilder Copy() =>
        new(new AddedComponents(components)) { store = store, probeLimits = probeLimits };

    /// <summary>What serves the components. Nothing is added afterwards.</summary>
    internal HealthService Build()
    {
        HealthService service = new(BootTime.Instance, store) { ProbeLimits = probeLimits };
        service.AddAll(components);
        return service;
    }
}
