using System.Collections.Immutable;

namespace Failover;

// The keys of the mappings in the file.
internal static partial class FileKeys
{
    private const string Age = "a duration from 1s to 3650d";
    private const string Connection = "a whole number from 1 to 1000000";
    private const string Users = "the path of an htpasswd file, or a mapping with htpasswd";
    private const string PemFile = "the path of a PEM file";

    public static ImmutableArray<FileKey> OfAccess { get; } =
    [
        new(
            View,
            "who may view states, reasons and history",
            Users,
            $"whoever connects; {Management} must then be on loopback or a Unix socket"
        ),
        new(
            Operate,
            "who may override states and forget latches, and view; none of them may reset a component",
            Users,
            "no user"
        ),
        new(
            Tokens,
            "programs, which say Authorization: Bearer and their secret",
            "a mapping from names to mappings",
            "none"
        ),
        new(
            Hosts,
            "names by which browsers reach the management address, beside addresses, localhost and the name that is listened on",
            "a host name without a port; or a list of them",
            "none"
        ),
        new(
            UserHeader,
            $"the header in which a proxy of {TrustedProxies} names the user who has logged in there and may view",
            "the name of a header, as Remote-User",
            "none: no header counts"
        ),
    ];

    /// <summary>The keys of a token.</summary>
    public static ImmutableArray<FileKey> OfToken { get; } =
    [
        new(
            Secret,
            "what it says",
            "8 to 512 letters, digits and -._~+/, with = at the end if need be; better ${file:PATH}",
            Default: null
        ),
        new(Role, "what it may", $"{View} or {Operate}", Default: null),
    ];

    public static ImmutableArray<FileKey> OfAgent { get; } =
    [
        new(Address, "where", ListenAddress.AcceptedPlain, Default: null),
        new(
            OnFail,
            $"what HAProxy is to do with the server of a component that fails: {Down} marks it down; {Drain} leaves its connections and gives it no new ones, and overrides what people have set at HAProxy",
            $"{Down} or {Drain}",
            Down
        ),
    ];

    public static ImmutableArray<FileKey> OfTls { get; } =
    [
        new(Certificate, "the certificate, with those that lead to its root", PemFile, Default: null),
        new(Key, "its private key", PemFile, Default: null),
    ];

    public static ImmutableArray<FileKey> OfState { get; } =
    [
        new(File, "the SQLite file", $"{Memory}, or a path with a / or a . in it", "/var/lib/failover/state.db"),
        new(
            MaxAge,
            "the age up to which a stored state is restored at the start; a latch is restored at any age",
            Age,
            "1h"
        ),
        new(
            HistoryMaxAge,
            "how long transitions and POSTs are kept; the newest 10,000 of each have no age",
            Age,
            "90d"
        ),
        new(HistoryMaxSize, "how much space they may take, about", "a size from 1MiB to 1TiB", "64MiB"),
    ];

    public static ImmutableArray<FileKey> OfHistory { get; } =
    [
        new(
            File,
            "the SQLite file, which is not the state file",
            $"{Memory}, or a path with a / or a . in it",
            "as without a mapping"
        ),
        new(MaxAge, "how long hours are kept; minutes, for two days at most", Age, "90d"),
        new(MaxSize, "how much space they may take, about", "a size from 1MiB to 1TiB", "256MiB, and 16MiB in memory"),
    ];

    public static ImmutableArray<FileKey> OfOtlp { get; } =
    [
        Of(OtlpSettings.EndpointOption),
        new(Protocol, "what is spoken", $"{HttpProtobuf} or {Grpc}", HttpProtobuf),
        new(
            Interval,
            "how often metrics are sent",
            "a duration from 1s to 1h",
            Units.Text(OtlpSettings.DefaultInterval)
        ),
        new(
            Timeout,
            "how long that may take, the answer included",
            "a duration from 1s to 1m",
            Units.Text(OtlpSettings.DefaultTimeout)
        ),
        Of(OtlpSettings.HeadersOption),
        Of(OtlpSettings.ResourceOption),
        Of(OtlpSettings.CaOption),
    ];

    public static ImmutableArray<FileKey> OfConnections { get; } =
    [
        new(
            Max,
            "how many of pollers, over TCP",
            Connection,
            "three quarters of the limit of open files, less the two below; at most 16384"
        ),
        new(
            MaxUnix,
            "how many of clients of Unix sockets under listen",
            Connection,
            "1024, and at most an eighth of those three quarters; none where there is no such socket"
        ),
        new(
            MaxManagement,
            "how many of clients of the management address",
            Connection,
            "256, and at most an eighth of those three quarters"
        ),
        new(FirstByteTimeout, "how long a client may take for its first byte", "a duration from 1s to 1m", "5s"),
    ];

    /// <summary>The keys of a guard.</summary>
    public static ImmutableArray<FileKey> OfGuard { get; } =
    [
        new(Components, "the components that are guarded together", ComponentPattern.Accepted, Default: null),
        Of(Guard.MaxFailingOption),
        Of(Guard.MaxFailingPercentOption),
        Of(Guard.MaxDelayOption),
        new(
            Auth,
            "who may end a delay, by failover release, the page or the management API",
            "the path of an htpasswd file, or a mapping with htpasswd",
            "nobody"
        ),
    ];

    /// <summary>The keys of a maintenance.</summary>
    public static ImmutableArray<FileKey> OfMaintenance { get; } =
    [
        new(Components, "the components that are maintained", ComponentPattern.Accepted, "all"),
        Of(Failover.Maintenance.CronOption),
        Of(Failover.Maintenance.StartOption),
        Of(Failover.Maintenance.DurationOption),
        Of(Failover.Maintenance.TimeZoneOption),
        Of(Failover.Maintenance.StateOption),
        Of(Failover.Maintenance.ReasonOption),
    ];

    public static ImmutableArray<FileKey> OfNotifications { get; } =
    [
        new(Instance, "what this instance is called in messages", "a text", "the name of the host"),
        new(Link, "the address of the page, for links in messages", "an http:// or https:// URL", "no links"),
        new(Routes, "who is notified, each by one receiver", "a mapping from names to mappings", Default: null),
    ];

    /// <summary>The keys of a route beside its receiver.</summary>
    public static ImmutableArray<FileKey> OfRoute { get; } =
    [
        new(
            Components,
            "the components that it is notified of; with it, nothing is reported that concerns none, as a rejected configuration",
            ComponentPattern.Accepted,
            "all, and what is of none"
        ),
        new(
            Topics,
            "what is reported",
            $"{string.Join(", ", NotificationWords.Topics.Select(topic => topic.Word))}; several in a list",
            "all of it"
        ),
        Of(NotificationRoute.SeverityOption),
        Of(NotificationRoute.MinimumDurationOption),
        Of(NotificationRoute.TellsResolvedOption),
    ];

    public static ImmutableArray<FileKey> OfProbes { get; } =
    [
        new(Max, "how many in all", ProbeLimits.Accepted, "half of the limit of open files"),
        new(
            MaxPerHost,
            "how many of one host, as checks name it: a name and its address are two",
            ProbeLimits.Accepted,
            "any number"
        ),
        new(
            Modules,
            "what /probe of the management address does for a target that the request names, as modules of blackbox_exporter",
            $"a mapping from names to checks without their targets, each a mapping with one of {TaskBinder.ModuleKinds}, and timeout beside it",
            "none: /probe is not served"
        ),
        new(
            Targets,
            "what may be named there; a name must not lead to loopback, link-local, unspecified or multicast addresses, unless they are listed as networks",
            $"{AllowedTarget.Accepted}; or a list of them",
            "none"
        ),
    ];

    /// <summary>The keys of a component beside its task.</summary>
    public static ImmutableArray<FileKey> OfComponent { get; } =
    [
        new(
            OnPost,
            "what a POST fires",
            "the way from the component's task to a oneshot with auth, by the keys of its options, then fire: to_ok.fire",
            "POST is not allowed"
        ),
        new(
            ResponseDeadline,
            ComponentChecks.ResponseDeadlineOption.Meaning,
            ComponentChecks.ResponseDeadlineOption.Accepted,
            ComponentChecks.ResponseDeadlineOption.Default
        ),
        new(
            Latch,
            "once it has failed, it stays at fail until a user of this file POSTs; it is the outermost layer",
            "the path of an htpasswd file, or a mapping with htpasswd",
            "it fails and recovers by evidence"
        ),
        new(
            OnError,
            ErrorHandling.HowOption.Meaning,
            ErrorHandling.HowOption.Accepted,
            ErrorHandling.HowOption.Default
        ),
        new(
            OnErrorFor,
            $"for how long at most {OnError}: hold holds the last definite state, from the first error on",
            ErrorHandling.HoldsForOption.Accepted,
            ErrorHandling.HoldsForOption.Default
        ),
        Of(ComponentDescription.ProbeHistogramOption),
    ];
}
