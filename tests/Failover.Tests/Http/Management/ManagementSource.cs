namespace Failover;

/// <summary>What the management API reports where nothing runs.</summary>
internal class ManagementSource : IManagementSource
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public StatusDocument Status() =>
        new("1.2.3", Noon, Second(1), new("f.yaml", Noon, null, []), new("memory", null, null), []);

    public virtual ComponentDocument? Component(string name) =>
        name is "mail" or "eu/mail 1" or "100%"
            ? new(name, Ok, "", null, null, null, "text", new("", "tcp", Ok, "", true, "", "", false, []))
            : null;

    public IEnumerable<ListenAddress> Served { get; init; } = [];

    public IReadOnlyList<IMetricSource> Metrics => [];

    public ModuleSet Modules { get; init; } = ModuleSet.None;

    public string Redact(string text) => text.Replace("hunter2", "***", StringComparison.Ordinal);

    public ProbesDocument? Probes(string name, int limit) =>
        name is "mail" or "eu/mail 1"
            ? new(name, [new(Noon, "tcp", Ok, $"{limit}", TimeSpan.FromTicks(12_345))])
            : null;

    public Task<LatencyDocument?> LatencyAsync(
        string name,
        RollUpPeriod by,
        TimeSpan within,
        int limit,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            name == "mail"
                ? new LatencyDocument(
                    name,
                    $"{by} {within.TotalSeconds} {limit}",
                    [
                        LatencyEntry.Of(
                            new(
                                Noon,
                                new(Second(50), Second(2), Second(1)),
                                3,
                                TimeSpan.FromMicroseconds(250),
                                Second(1),
                                Second(2)
                            )
                        ),
                        LatencyEntry.Of(new(Noon, default, 0, default, default, default)),
                    ]
                )
            : name == "off" ? throw new StateStoreException("latencies are not kept: history is off")
            : null
        );

    public PollersDocument? Pollers(string? component) =>
        component is null or "mail"
            ? new(
                [new("mail", "192.0.2.1", "kube-probe/1.31", Noon, Noon, 3, Fail, 1)],
                [new("192.0.2.2", "", "GET /Mail", 404, Noon, Noon, 7)]
            )
            : null;

    public virtual OverridesDocument Overrides() => new([]);

    public ConfigurationDocument Configuration() => new("f.yaml", [], []);

    public Task<HistoryDocument> HistoryAsync(
        string? component,
        TimeSpan? within,
        int limit,
        CancellationToken cancellationToken
    ) =>
        component == "broken"
            ? throw new StateStoreException("the disk is full")
            : Task.FromResult(
                new HistoryDocument(
                    [new(Noon, component ?? "all", Ok, Fail, $"{within?.TotalSeconds}/{limit}")],
                    [new(Noon, component ?? "all", "alice", "::1", "Armed")]
                )
            );
}
