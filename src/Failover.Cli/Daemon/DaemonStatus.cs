using System.Reflection;

namespace Failover;

/// <summary>What the management API reports of the daemon.</summary>
internal sealed class DaemonStatus(
    HealthService service,
    IStateStore store,
    IRollUpStore? rollUps,
    FailoverConfiguration started,
    SecretsInForce secrets
) : IManagementSource
{
    private DaemonListeners? listeners;
    private volatile ConfigurationInForce inForce = new(started, service.Time.GetUtcNow(), Error: null, Pending: []);

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; } = service.Time.GetUtcNow();

    /// <summary>The version of the program.</summary>
    public static string Version { get; } =
        typeof(DaemonStatus)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>Where components are served; nowhere before <see cref="ServeAt"/>.</summary>
    public IEnumerable<ListenAddress> Served => listeners?.Served ?? [];

    /// <inheritdoc/>
    public IReadOnlyList<IMetricSource> Metrics { get; private set; } = [];

    /// <inheritdoc/>
    public ModuleSet Modules => inForce.Configuration.Modules;

    /// <summary>When what is served was read.</summary>
    public DateTimeOffset LoadedAt => inForce.LoadedAt;

    /// <summary>Whether the newest configuration is what is served.</summary>
    public bool IsNewestServed => inForce.Error is null;

    /// <summary>How many reloads were accepted.</summary>
    public long Accepted { get; private set; }

    /// <summary>How many reloads were rejected.</summary>
    public long Rejected { get; private set; }

    /// <summary>Says where it is served, before anybody asks.</summary>
    /// <param name="opened">Where.</param>
    /// <param name="log">The log.</param>
    /// <param name="exporter">Sends metrics.</param>
    public void ServeAt(DaemonListeners opened, EventLog log, OtlpExporter exporter)
    {
        listeners = opened;
        Metrics =
        [
            new ConnectionMetrics(opened.Budgets),
            new DaemonMetrics(this, rollUps, log),
            exporter,
            new ProcessMetrics(StartedAt),
        ];
    }

    /// <summary>Another configuration is served from now on.</summary>
    /// <param name="configuration">Which.</param>
    /// <param name="pending">What it says that needs a restart.</param>
    public void Serve(FailoverConfiguration configuration, IEnumerable<string> pending)
    {
        inForce = new(configuration, service.Time.GetUtcNow(), Error: null, [.. pending]);
        Accepted++;
    }

    /// <summary>The newest configuration is not served, and why.</summary>
    public void Refuse(string error)
    {
        inForce = inForce with { Error = error };
        Rejected++;
    }

    public StatusDocument Status()
    {
        ConfigurationInForce now = inForce;
        // A moment of the decisions' clock, as a time on the wall.
        DateTimeOffset began = service.Time.GetUtcNow() - service.Engine.Clock.Now.SinceStart;
        return new(
            Version,
            StartedAt,
            service.Engine.Clock.Now.SinceStart,
            new(now.Configuration.File, now.LoadedAt, now.Error, now.Pending),
            new(store.IsDurable ? "sqlite" : "memory", started.State.File, service.Engine.StoreProblem),
            [
                .. service.Components.Select(component =>
                {
                    Snapshot shown = component.LastKnown();
                    ComponentProbes probes = service.Engine.ProbesOf(component);
                    return new ComponentStatus(
                        component.Name,
                        shown.State,
                        Redact(shown.Reason),
                        shown.Since,
                        shown.IsLatched,
                        shown.CanReset,
                        Redact(component.Description.Task.Summary),
                        service.PostProblem(component) is { } problem ? Redact(problem) : null,
                        Latch(component, shown) == LatchOutlook.CannotBeReset ? LatchOutlook.CannotBeReset : null,
                        began + probes.Last?.SinceStart,
                        began + probes.Next?.SinceStart,
                        probes.Fresh,
                        shown.HasWarning,
                        Redact(shown.PerformanceData),
                        shown.HandledError is { } error ? Redact(error) : null,
                        shown.IsGuarded,
                        Override(shown),
                        Beneath(shown),
                        Maintenance(shown)
                    );
                }),
            ],
            [
                .. service
                    .Engine.GuardsNow()
                    .Select(guard => new GuardStatus(
                        guard.Name,
                        guard.Members,
                        guard.Failing,
                        guard.MostFailing,
                        guard.IsTripped,
                        began + guard.HoldsUntil?.SinceStart,
                        service.FindGuard(guard.Name)?.Auth is not null
                    )),
            ],
            new(
                rollUps is null ? "off"
                    : rollUps.File is null ? "memory"
                    : "sqlite",
                rollUps?.File,
                rollUps?.Problem
            ),
            [.. service.Routes.Select(route => NotificationRouteStatus.Of(route, Redact))]
        );
    }

    public ComponentDocument? Component(string name)
    {
        if (!service.TryFind(name, out Component? component))
        {
            return null;
        }

        Snapshot shown = component!.LastKnown();
        return new(
            name,
            shown.State,
            Redact(shown.Reason),
            shown.Since,
            component.Description.OnPostText,
            component.Description.ResponseDeadline,
            Redact(component.Description.Task.FullText),
            Redact(service.Engine.Explain(component)),
            Latch(component, shown),
            shown.HasWarning,
            Redact(shown.PerformanceData),
            component.Description.OnError?.Text,
            shown.HandledError is { } error ? Redact(error) : null,
            service.Engine.EpochOf(name),
            Override(shown),
            Beneath(shown),
            Maintenance(shown)
        );
    }

    public PollersDocument? Pollers(string? component)
    {
        if (component is null)
        {
            return PollersDocument.Of(service.Components, service.Refused.All, Redact);
        }

        return service.TryFind(component, out Component? one)
            ? PollersDocument.Of([one!], service.Refused.All, Redact)
            : null;
    }

    public OverridesDocument Overrides() =>
        new([
            .. service
                .Engine.OverridesNow()
                .OrderBy(one => one.Until)
                .Select(one => OverrideDocument.Of(one, service.Engine.Clock, Redact)),
        ]);

    private OverrideDocument? Override(Snapshot shown) =>
        shown.Overridden is { By: var by } ? OverrideDocument.Of(by, service.Engine.Clock, Redact) : null;

    private BeneathDocument? Beneath(Snapshot shown) => BeneathDocument.Of(shown, service.Engine.Clock.Now, Redact);

    private MaintenanceDocument? Maintenance(Snapshot shown) =>
        MaintenanceDocument.Of(shown, service.Engine.Clock.Now, Redact);

    public ConfigurationDocument Configuration()
    {
        FailoverConfiguration now = inForce.Configuration;
        return new(
            now.File,
            [
                .. service.Components.Select(component =>
                {
                    Snapshot shown = component.LastKnown();
                    return ConfiguredComponent.Of(component.Description, Redact, shown.IsLatched, shown.State) with
                    {
                        HasAuthorisedLatch = shown.IsLatched && service.Engine.HasAuthorisedLatch(component),
                    };
                }),
            ],
            TopLevelSettings.Of(now, started.State, started.History, Redact)
        );
    }

    public async Task<HistoryDocument> HistoryAsync(
        string? component,
        TimeSpan? within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        DateTimeOffset now = service.Time.GetUtcNow();
        HistoryQuery query = new(
            component,
            within is { } age && age < now - DateTimeOffset.MinValue ? now - age : null,
            limit
        );
        return new(
            [
                .. (await store.ReadTransitionsAsync(query, cancellationToken)).Select(moved => new HistoryTransition(
                    moved.At,
                    moved.Component,
                    moved.From,
                    moved.To,
                    Redact(moved.Reason),
                    moved.First is { } first ? new(first.At, Redact(first.Reason)) : null
                )),
            ],
            [
                .. (await store.ReadPostsAsync(query, cancellationToken)).Select(post => new HistoryPost(
                    post.At,
                    post.Component,
                    post.User,
                    post.Source,
                    post.Outcome
                )),
            ]
        );
    }

    public ProbesDocument? Probes(string name, int limit) =>
        service.TryFind(name, out Component? component)
            ? new(
                name,
                [
                    .. service
                        .Engine.RecordedProbes(component!, limit)
                        .Select(probe => new ProbeEntry(
                            probe.At,
                            Redact(probe.Node.Vertex.Task.Summary),
                            probe.State,
                            Redact(probe.Reason),
                            probe.Duration
                        )),
                ]
            )
            : null;

    public async Task<LatencyDocument?> LatencyAsync(
        string name,
        RollUpPeriod by,
        TimeSpan within,
        int limit,
        CancellationToken cancellationToken
    )
    {
        if (rollUps is null)
        {
            throw new StateStoreException("latencies are not kept: history is off");
        }

        DateTimeOffset now = service.Time.GetUtcNow();
        DateTimeOffset since = within < now - DateTimeOffset.MinValue ? now - within : DateTimeOffset.MinValue;
        IReadOnlyList<LatencyRollUp>? read = await rollUps.ReadAsync(new(name, by, since, limit), cancellationToken);
        return read is null && !service.TryFind(name, out _)
            ? null
            : new(name, by == RollUpPeriod.Minute ? "minute" : "hour", [.. (read ?? []).Select(LatencyEntry.Of)]);
    }

    private string? Latch(Component component, Snapshot shown) =>
        LatchOutlook.Of(shown, component.OnPost is not null, () => service.Engine.HasAuthorisedLatch(component));

    public string Redact(string text) => secrets.Redact(text);

    private Explanation Redact(Explanation node) =>
        node with
        {
            Summary = Redact(node.Summary),
            Reason = Redact(node.Reason),
            Evidence = Redact(node.Evidence),
            Outlook = Redact(node.Outlook),
            PerformanceData = Redact(node.PerformanceData),
            Children = [.. node.Children.Select(Redact)],
        };

    private sealed record ConfigurationInForce(
        FailoverConfiguration Configuration,
        DateTimeOffset LoadedAt,
        string? Error,
        System.Collections.Immutable.ImmutableArray<string> Pending
    );
}
