namespace Failover;

/// <summary>What the management API reports.</summary>
internal interface IManagementSource
{
    /// <summary>How the daemon and all its components are.</summary>
    StatusDocument Status();

    /// <summary>One component explained; null where there is none of that name.</summary>
    ComponentDocument? Component(string name);

    /// <summary>The overrides that are in force.</summary>
    OverridesDocument Overrides();

    /// <summary>What is configured and served.</summary>
    ConfigurationDocument Configuration();

    /// <summary>What has happened.</summary>
    /// <param name="component">To one component; null: to all.</param>
    /// <param name="within">How long ago at most; null: all that is kept.</param>
    /// <param name="limit">At most so many transitions and so many POSTs, the newest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StateStoreException">The history cannot be read.</exception>
    Task<HistoryDocument> HistoryAsync(
        string? component,
        TimeSpan? within,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>The newest probes of a component; null where there is none of that name.</summary>
    /// <param name="name">The path without its leading slash.</param>
    /// <param name="limit">At most so many.</param>
    ProbesDocument? Probes(string name, int limit);

    /// <summary>What a component served and how long its probes took, by minute or hour; null where nothing is known of one of that
    /// name.</summary>
    /// <param name="name">The path without its leading slash.</param>
    /// <param name="by">Of which length.</param>
    /// <param name="within">How long ago at most a period began.</param>
    /// <param name="limit">At most so many periods, the newest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StateStoreException">They are not kept, or cannot be read.</exception>
    Task<LatencyDocument?> LatencyAsync(
        string name,
        RollUpPeriod by,
        TimeSpan within,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>Where components are served.</summary>
    IEnumerable<ListenAddress> Served { get; }

    /// <summary>The metrics of the program, beside those of the service.</summary>
    IReadOnlyList<IMetricSource> Metrics { get; }

    /// <summary>What may be asked to be probed.</summary>
    ModuleSet Modules { get; }

    /// <summary>Who polls, and what was refused; null where there is no component of that name.</summary>
    /// <param name="component">One component; null: all.</param>
    PollersDocument? Pollers(string? component);

    /// <summary>Takes what is secret out of a text.</summary>
    string Redact(string text);
}
