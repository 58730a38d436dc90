using System.Collections.Immutable;

namespace Failover;

/// <summary>What a configuration file says, read whole and found good.</summary>
internal sealed record FailoverConfiguration
{
    /// <summary>The file that was asked for, as it was named.</summary>
    public required string File { get; init; }

    /// <summary>Every file that was read for it, includes and secrets too: a change of one is a change of the
    /// configuration.</summary>
    public required ImmutableArray<string> Sources { get; init; }

    /// <summary>Where components are served.</summary>
    public required ImmutableArray<ListenAddress> Listen { get; init; }

    /// <summary>Where the management API is served; null: nowhere.</summary>
    public required ListenAddress? Management { get; init; }

    /// <summary>Where the file says so; the file as a whole where it does not.</summary>
    public Position ManagementAt { get; init; }

    /// <summary>Who may use it.</summary>
    public ManagementAccess Access { get; init; } = ManagementAccess.Open;

    /// <summary>Where HAProxy's agent checks are answered; null: nowhere.</summary>
    public AgentSettings? Agent { get; init; }

    /// <summary>The certificate for addresses that speak HTTPS; null where none does.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>The reverse proxies whose word about where a POST came from is taken.</summary>
    public TrustedProxySet TrustedProxies { get; init; } = TrustedProxySet.None;

    public required StateSettings State { get; init; }

    /// <summary>The folder of a file for each component, with its state; null: none.</summary>
    public string? TrackFiles { get; init; }

    public HistorySettings History { get; init; } = HistorySettings.Off;

    /// <summary>Where metrics are sent; null: nowhere.</summary>
    public OtlpSettings? Otlp { get; init; }

    public ConnectionLimits Connections { get; init; } = new();

    public ProbeLimits Probes { get; init; } = new();

    /// <summary>What may be asked to be probed.</summary>
    public ModuleSet Modules { get; init; } = ModuleSet.None;

    /// <summary>What has it read again.</summary>
    public ReloadTrigger ReloadTrigger { get; init; }

    /// <summary>In the order of the file.</summary>
    public required ImmutableArray<ComponentDescription> Components { get; init; }

    /// <summary>The scheduled maintenance of them.</summary>
    public ImmutableArray<Maintenance> Maintenance { get; init; } = [];

    /// <summary>Who is notified of what.</summary>
    public NotificationSettings Notifications { get; init; } = NotificationSettings.None;

    /// <summary>The files among them that <c>${file:…}</c> names.</summary>
    public ImmutableArray<string> SecretFiles { get; init; } = [];

    /// <summary>Where each password file is named first, by its path.</summary>
    public IReadOnlyDictionary<string, SubstitutedText> PasswordFiles { get; init; } =
        ImmutableDictionary<string, SubstitutedText>.Empty;

    /// <summary>The position of each component, by its name.</summary>
    public IReadOnlyDictionary<string, Position> Positions { get; init; } = ImmutableDictionary<string, Position>.Empty;

    /// <summary>The tasks under <c>tasks:</c> by their object: what is used under one name is one node.</summary>
    public required IReadOnlyDictionary<HealthTask, string> TaskNames { get; init; }

    /// <summary>The components that the next reading can take over.</summary>
    public KnownComponents Known { get; init; } = KnownComponents.None;

    /// <summary>What came from <c>${env:…}</c> and <c>${file:…}</c>: never printed.</summary>
    public required Secrets Secrets { get; init; }
}

/// <summary>A certificate and its key, in PEM files.</summary>
internal sealed record TlsFiles(string Certificate, string Key);

/// <summary>What is kept beyond the life of the process, and for how long.</summary>
/// <param name="File">The SQLite file; null: nothing is kept.</param>
/// <param name="MaxAge">A state that is older is not restored; latches never expire.</param>
/// <param name="HistoryMaxAge">How long transitions and POSTs are kept; the newest 10,000 of each have no age.</param>
/// <param name="HistoryMaxSize">How many bytes they may take, about.</param>
internal sealed record StateSettings(string? File, TimeSpan MaxAge, TimeSpan HistoryMaxAge, long HistoryMaxSize);
