using System.Collections.Immutable;

namespace Failover;

/// <summary>A key of the file that is no option of a task, as data: what it says, what it takes, and what holds where it is
/// left out.</summary>
/// <param name="Name">The key.</param>
/// <param name="Meaning">What it says, in one sentence without a full stop.</param>
/// <param name="Accepted">What it takes, in words.</param>
/// <param name="Default">What holds where it is left out, in words; null where it is required.</param>
internal sealed record FileKey(string Name, string Meaning, string Accepted, string? Default);

/// <summary>The keys of the file beside the options of tasks: binder, schema and reference read them from here.</summary>
internal static partial class FileKeys
{
    public const string Listen = "listen";
    public const string Management = "management";
    public const string Agent = "agent";
    public const string Access = "access";
    public const string Tls = "tls";
    public const string TrustedProxies = "trusted_proxies";
    public const string State = "state";
    public const string TrackFiles = "track_files";
    public const string History = "history";
    public const string Otlp = "otlp";
    public const string Connections = "connections";
    public const string Guards = "guards";
    public const string Maintenance = "maintenance";
    public const string Notifications = "notifications";
    public const string Probes = "probes";
    public const string Modules = "modules";
    public const string Targets = "targets";
    public const string Reload = "reload";
    public const string Defaults = "defaults";
    public const string Include = "include";
    public const string Tasks = "tasks";
    public const string Components = "components";

    public const string View = "view";
    public const string Operate = "operate";
    public const string Tokens = "tokens";
    public const string Hosts = "hosts";
    public const string UserHeader = "user_header";
    public const string Secret = "secret";
    public const string Role = "role";

    public const string Instance = "instance";
    public const string Link = "link";
    public const string Routes = "routes";
    public const string Topics = "topics";

    public const string Address = "address";
    public const string OnFail = "on_fail";
    public const string Down = "down";
    public const string Drain = "drain";

    public const string Endpoint = "endpoint";
    public const string Protocol = "protocol";
    public const string HttpProtobuf = "http/protobuf";
    public const string Grpc = "grpc";
    public const string Interval = "interval";
    public const string Timeout = "timeout";
    public const string Headers = "headers";
    public const string Resource = "resource";
    public const string Ca = "ca";

    public const string Certificate = "certificate";
    public const string Key = "key";

    public const string File = "file";
    public const string MaxAge = "max_age";
    public const string MaxSize = "max_size";
    public const string HistoryMaxAge = "history_max_age";
    public const string HistoryMaxSize = "history_max_size";

    public const string Max = "max";
    public const string MaxUnix = "max_unix";
    public const string MaxManagement = "max_management";
    public const string FirstByteTimeout = "first_byte_timeout";

    public const string Auth = "auth";
    public const string MaxPerHost = "max_per_host";

    public const string OnPost = "on_post";
    public const string ResponseDeadline = "response_deadline";
    public const string Latch = "latch";
    public const string OnError = "on_error";
    public const string OnErrorFor = "on_error_for";
    public const string ProbeHistogram = "probe_histogram";
    public const string Ref = "ref";

    public const string Off = "off";
    public const string Memory = "memory";

    /// <summary>The keys of the file itself.</summary>
    public static ImmutableArray<FileKey> Top { get; } =
    [
        new(Listen, "where components are served", $"{ListenAddress.Accepted}; or a list of them", "8080"),
        new(
            Management,
            "where the management API is served, which shows more than states",
            $"{ListenAddress.Accepted}; {Off} for none",
            "127.0.0.1:8081"
        ),
        new(
            Agent,
            "where HAProxy's agent checks are answered, with the state of the component that agent-send names, and with its reason",
            $"{ListenAddress.AcceptedPlain}; or a mapping of {Address} and {OnFail}",
            "nowhere"
        ),
        new(
            Access,
            "who may use the management API",
            $"a mapping of {Hosts}, {Operate}, {Tokens}, {UserHeader} and {View}",
            "whoever connects may view, and nobody may operate"
        ),
        new(
            Tls,
            "a certificate and its key, with which TCP addresses without a scheme speak HTTPS",
            $"a mapping of {Certificate} and {Key}",
            "plain HTTP"
        ),
        new(
            TrustedProxies,
            "the reverse proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host count for POSTs; from anybody else they mean nothing",
            $"{TrustedProxy.Accepted} for whoever connects over a Unix socket; or a list of them",
            "none"
        ),
        new(
            State,
            "what outlives the process, and for how long",
            $"{Memory}, or a path with a / or a . in it; or a mapping",
            "/var/lib/failover/state.db"
        ),
        new(
            TrackFiles,
            "a folder with a file for each component that is judged in the background, for programs that follow files: 0 where it is ok, 1 where it fails, 2 where that is not known",
            "the path of a folder, which is made where it is missing",
            "none"
        ),
        new(
            History,
            "where latencies and times in each state, by minute and hour, are kept",
            $"{Off}, {Memory}, or a path with a / or a . in it; or a mapping",
            "history.db beside state.db, NAME-history.db beside another state file; memory where state is in memory"
        ),
        new(
            Otlp,
            "where metrics are sent by OpenTelemetry's protocol, OTLP: all but those of components",
            $"{OtlpSettings.EndpointOption.Accepted}; or a mapping",
            "nowhere"
        ),
        new(
            Connections,
            "how many connections may be open at once",
            $"a mapping of {Max}, {MaxUnix}, {MaxManagement} and {FirstByteTimeout}",
            "as many as the limit of open files allows"
        ),
        new(
            Guards,
            "groups of components of which only so many may begin to fail at once; moves of more are delayed",
            "a mapping from names of guards to mappings",
            "none: each component is served as it is judged"
        ),
        new(
            Maintenance,
            "scheduled maintenance: while a window is open, its components are marked as in maintenance, and serve what it says",
            "a mapping from names to mappings",
            "none"
        ),
        new(
            Notifications,
            "who is notified of what: of components that fail and recover, of latches, overrides, guards, and of faults of the daemon itself",
            $"a mapping of {Instance}, {Link} and {Routes}",
            "nobody is notified"
        ),
        new(
            Probes,
            "how many probes may run at once; those beyond wait, in order, and their timeouts begin when they begin; and what /probe may be asked for",
            $"a mapping of {Max}, {MaxPerHost}, {Modules} and {Targets}",
            "as many as the limit of open files allows, and nothing may be asked for"
        ),
        new(
            Reload,
            "when a changed file is read again: by itself, a second or two after the change, or only on SIGHUP, which failover reload sends",
            ReloadTriggers.Accepted,
            "watch"
        ),
        new(
            Defaults,
            "values for options that tasks leave out",
            "a mapping from keys of options to values",
            "each option's own default"
        ),
        new(
            Include,
            "further files, with tasks, components and include in them; the folder of a pattern must exist, and may be empty",
            "the path of a file, or a pattern with * and ?; or a list of them",
            "none"
        ),
        new(
            Tasks,
            "tasks with names, for ref to use: one name is one task, wherever it is used",
            "a mapping from names to tasks",
            "none"
        ),
        new(Components, "what is served, by path", "a mapping from names to components; {} for none", Default: null),
    ];

    /// <summary>The keys of a file that is included.</summary>
    public static ImmutableArray<string> Included { get; } = [Components, Include, Tasks];

    private static FileKey Of(Option option) => new(option.Key, option.Meaning, option.Accepted, option.Default);

    /// <summary>The entry of that name.</summary>
    public static FileKey Of(this ImmutableArray<FileKey> keys, string name) => keys.Single(key => key.Name == name);

    /// <summary>The names in the order of the alphabet, as errors list them.</summary>
    public static string Names(this ImmutableArray<FileKey> keys) =>
        string.Join(", ", keys.Select(key => key.Name).Order(StringComparer.Ordinal));
}
