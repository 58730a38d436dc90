using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>What a file says beside its components, key by key in text, as <c>failover check --diff</c> compares it.</summary>
/// <remarks><c>defaults</c> is not among them: it shows in the tasks that it is for.</remarks>
internal static class TopLevelSettings
{
    private const string None = "none";
    private const string Automatic = "automatic";

    /// <summary>The keys of a configuration.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="state">What is said of <c>state</c>, which is of the start until a restart.</param>
    /// <param name="history">The same of <c>history</c>.</param>
    /// <param name="redact">Takes what is secret out of a text.</param>
    public static ImmutableArray<ConfiguredSetting> Of(
        FailoverConfiguration configuration,
        StateSettings state,
        HistorySettings history,
        Func<string, string> redact
    )
    {
        ConnectionLimits connections = configuration.Connections;
        return
        [
            .. new (string Key, string Value)[]
            {
                (FileKeys.Listen, List(configuration.Listen.Select(address => $"{address}"))),
                (FileKeys.Management, configuration.Management?.ToString() ?? FileKeys.Off),
                (Below(FileKeys.Agent, FileKeys.Address), configuration.Agent?.Address.ToString() ?? None),
                (
                    Below(FileKeys.Agent, FileKeys.OnFail),
                    configuration.Agent is { DrainsOnFail: true } ? FileKeys.Drain : FileKeys.Down
                ),
                (Below(FileKeys.Access, FileKeys.View), configuration.Access.View?.Path ?? None),
                (Below(FileKeys.Access, FileKeys.Operate), configuration.Access.Operate?.Path ?? None),
                (
                    Below(FileKeys.Access, FileKeys.Tokens),
                    List(configuration.Access.Tokens.Select(token => $"{token.Name} ({Word(token.Role)})"))
                ),
                (Below(FileKeys.Access, FileKeys.Hosts), List(configuration.Access.Hosts)),
                (Below(FileKeys.Access, FileKeys.UserHeader), configuration.Access.UserHeader ?? None),
                (Below(FileKeys.Tls, FileKeys.Certificate), configuration.Tls?.Certificate ?? None),
                (Below(FileKeys.Tls, FileKeys.Key), configuration.Tls?.Key ?? None),
                (FileKeys.TrustedProxies, List(configuration.TrustedProxies.Texts)),
                (Below(FileKeys.State, FileKeys.File), state.File ?? FileKeys.Memory),
                (Below(FileKeys.State, FileKeys.MaxAge), Units.Text(state.MaxAge)),
                (Below(FileKeys.State, FileKeys.HistoryMaxAge), Units.Text(state.HistoryMaxAge)),
                (Below(FileKeys.State, FileKeys.HistoryMaxSize), ByteSize.Text(state.HistoryMaxSize)),
                (FileKeys.TrackFiles, configuration.TrackFiles ?? None),
                (Below(FileKeys.History, FileKeys.File), history.Place),
                (Below(FileKeys.History, FileKeys.MaxAge), Units.Text(history.MaxAge)),
                (Below(FileKeys.History, FileKeys.MaxSize), ByteSize.Text(history.MaxSize)),
                (Below(FileKeys.Connections, FileKeys.Max), Count(connections.Max)),
                (Below(FileKeys.Connections, FileKeys.MaxUnix), Count(connections.MaxUnix)),
                (Below(FileKeys.Connections, FileKeys.MaxManagement), Count(connections.MaxManagement)),
                (
                    Below(FileKeys.Connections, FileKeys.FirstByteTimeout),
                    Units.Text(connections.FirstByteTimeout ?? ConnectionLimits.DefaultFirstByteTimeout)
                ),
                (
                    FileKeys.Guards,
                    List(
                        configuration
                            .Components.Select(component => component.Guard)
                            .OfType<Guard>()
                            .Distinct()
                            .Select(guard => guard.Text)
                    )
                ),
                (FileKeys.Maintenance, List(configuration.Maintenance.Select(one => one.Text))),
                (Below(FileKeys.Notifications, FileKeys.Instance), configuration.Notifications.Instance),
                (Below(FileKeys.Notifications, FileKeys.Link), configuration.Notifications.Link ?? None),
                (
                    Below(FileKeys.Notifications, FileKeys.Routes),
                    List(configuration.Notifications.Routes.Select(route => route.Text))
                ),
                (Below(FileKeys.Probes, FileKeys.Max), Count(configuration.Probes.Max)),
                (
                    Below(FileKeys.Probes, FileKeys.MaxPerHost),
                    configuration.Probes.MaxPerHost is { } perHost ? Count(perHost) : None
                ),
                (
                    Below(FileKeys.Probes, FileKeys.Modules),
                    List(configuration.Modules.Modules.Select(module => $"{module.Name}: {module.Check.FullText}"))
                ),
                (
                    Below(FileKeys.Probes, FileKeys.Targets),
                    List(configuration.Modules.Targets.Entries.Select(target => target.Text))
                ),
                (FileKeys.Reload, ReloadTriggers.Word(configuration.ReloadTrigger)),
                (
                    FileKeys.Include,
                    List(
                        configuration.Sources.Where(file =>
                            file != configuration.File
                            && !configuration.SecretFiles.Contains(file, StringComparer.Ordinal)
                        )
                    )
                ),
                (FileKeys.Tasks, List(configuration.TaskNames.Values.Order(StringComparer.Ordinal))),
            }
                .Concat(Otlp(configuration.Otlp, redact))
                .Select(setting => new ConfiguredSetting(setting.Key, redact(setting.Value))),
        ];
    }

    // Where nothing is sent, of the defaults nothing is said. What headers say is secret.
    private static (string Key, string Value)[] Otlp(OtlpSettings? otlp, Func<string, string> redact) =>
        [
            (Below(FileKeys.Otlp, FileKeys.Endpoint), otlp is null ? None : Endpoint(otlp, redact)),
            (
                Below(FileKeys.Otlp, FileKeys.Protocol),
                otlp is null ? None
                : otlp.IsGrpc ? FileKeys.Grpc
                : FileKeys.HttpProtobuf
            ),
            (Below(FileKeys.Otlp, FileKeys.Interval), otlp is null ? None : Units.Text(otlp.Interval)),
            (Below(FileKeys.Otlp, FileKeys.Timeout), otlp is null ? None : Units.Text(otlp.Timeout)),
            (Below(FileKeys.Otlp, FileKeys.Headers), List(otlp?.Headers.Select(header => header.Key) ?? [])),
            (
                Below(FileKeys.Otlp, FileKeys.Resource),
                List(otlp?.Resource.Select(attribute => $"{attribute.Key}: {attribute.Value}") ?? [])
            ),
            (Below(FileKeys.Otlp, FileKeys.Ca), otlp?.Ca ?? None),
        ];

    // Without its query, which may hold a key of an API. Secrets are found in it as it is written, not as a URL is normalized.
    private static string Endpoint(OtlpSettings otlp, Func<string, string> redact) =>
        redact(otlp.Endpoint ?? otlp.Receiver.OriginalString).Split('?', '#')[0];

    /// <summary>Whether a change of a key is in force after a restart only.</summary>
    public static bool NeedsRestart(string key) =>
        key.StartsWith($"{FileKeys.State}.", StringComparison.Ordinal)
        || key.StartsWith($"{FileKeys.History}.", StringComparison.Ordinal);

    /// <summary>Whether a key is of the file that holds the latches.</summary>
    public static bool IsStateFile(string key) => key == Below(FileKeys.State, FileKeys.File);

    private static string Below(string key, string name) => $"{key}.{name}";

    private static string Word(ManagementRole role) =>
        role == ManagementRole.Operate ? FileKeys.Operate : FileKeys.View;

    private static string Count(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? Automatic;

    private static string List(IEnumerable<string> texts) =>
        string.Join(", ", texts) is { Length: > 0 } list ? list : None;
}
