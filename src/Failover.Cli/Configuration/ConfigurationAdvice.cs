using System.Net;

namespace Failover;

/// <summary>A warning about a valid configuration.</summary>
/// <param name="Position">Its position; the file as a whole where no component has it.</param>
/// <param name="Problem">What is risky.</param>
/// <param name="Better">What would not.</param>
internal sealed record Advice(Position Position, string Problem, string Better)
{
    public override string ToString() => $"{Position}: {Problem}\n  better: {Better}";
}

/// <summary>Finds what is risky in a valid configuration.</summary>
internal static class ConfigurationAdvice
{
    // Linux sends a SYN again after 1 s and after 3 s (RFC 6298, 2: an initial timeout of 1 s, doubled each time).
    private static readonly TimeSpan SecondSyn = TimeSpan.FromSeconds(3);

    // Route 53's health checkers wait 4 s for a connection and 2 s for an answer after that.
    private static readonly TimeSpan PollerTimeout = TimeSpan.FromSeconds(2);

    private const string ToOk = "to_ok";

    /// <summary>The advice, in the order of the components.</summary>
    /// <param name="configuration">What was read.</param>
    /// <param name="modeOf">The rights of a file; null where there is none. <see cref="ModeOf"/> asks the system.</param>
    public static IReadOnlyList<Advice> Of(FailoverConfiguration configuration, Func<string, UnixFileMode?> modeOf)
    {
        // A named task may be part of many components, in one on demand, in another in the background; it is reported in the first.
        HashSet<HealthTask> started = new(ReferenceEqualityComparer.Instance);
        HashSet<HealthTask> seen = new(ReferenceEqualityComparer.Instance);
        return
        [
            .. configuration
                .Components.Where(IsWorthReading)
                .SelectMany(component =>
                    OfComponent(
                        component,
                        configuration.Positions.GetValueOrDefault(component.Name, new(configuration.File)),
                        started,
                        seen
                    )
                ),
            .. OfAddresses(configuration),
            .. AccessAdvice.Of(configuration),
            .. OfFamilies(configuration),
            .. OfPasswordFiles(configuration, modeOf),
            .. configuration
                .SecretFiles.Where(file => IsOpenToOthers(modeOf(file)))
                .Select(file => new Advice(new(configuration.File), Open(file), Closed(file))),
        ];
    }

    /// <summary>The rights of a file; null where there is none.</summary>
    public static UnixFileMode? ModeOf(string file)
    {
        try
        {
            return FileThreads.OfProcess.Run(
                file,
                () => OperatingSystem.IsWindows() ? UnixFileMode.UserRead : File.GetUnixFileMode(file)
            );
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Most components are not, and what is made for each of many is a lot at once.
    private static bool IsWorthReading(ComponentDescription component) =>
        component.Task.HasOnDemandCheck || IsWorthReading(component.Task);

    private static bool IsWorthReading(HealthTask task)
    {
        if (task is ExecCheck || task.FireAction is not null || (task is TcpCheck check && check.Timeout < SecondSyn))
        {
            return true;
        }

        foreach (HealthTask child in task.Children)
        {
            if (IsWorthReading(child))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<Advice> OfComponent(
        ComponentDescription component,
        Position at,
        HashSet<HealthTask> started,
        HashSet<HealthTask> seen
    )
    {
        string name = Printable.Quoted(component.Name);
        TimeSpan longest = component.Task.LongestTime;
        if (
            component.Task.HasOnDemandCheck
            && longest > PollerTimeout
            && !(component.ResponseDeadline <= PollerTimeout)
        )
        {
            TimeSpan wait = component.ResponseDeadline < longest ? component.ResponseDeadline.Value : longest;
            yield return new(
                at,
                $"a request for {name} may wait {Units.Text(wait)}; pollers give up earlier, Route 53 after {Units.Text(PollerTimeout)}",
                $"{FileKeys.ResponseDeadline}: {Units.Text(PollerTimeout)}, or interval beside the check: then it is probed in the background"
            );
        }

        foreach (string place in ComponentRules.OneshotsWithoutPost(component))
        {
            yield return new(
                at,
                $"{FileKeys.OnPost} of {name} does not fire the oneshot at {place}: no POST of {name} resets its latch",
                $"one oneshot under {FileKeys.Tasks}, and {FileKeys.Ref} to it in each {ToOk} of {name}"
            );
        }

        foreach (ExecCheck check in OnDemand(component.Task).Where(started.Add).OfType<ExecCheck>())
        {
            yield return new(
                at,
                $"each poll of {name} starts {check}",
                "interval beside the check: then it is started in the background"
            );
        }

        foreach (TcpCheck check in Tasks(component.Task, seen).OfType<TcpCheck>())
        {
            if (check.Timeout < SecondSyn && !ListenAddress.IsLoopback(check.Host))
            {
                yield return new(
                    at,
                    $"{check} in {name} times out after {Units.Text(check.Timeout)}; a lost SYN is sent again after 1s, and after 3s",
                    $"a timeout of more than {Units.Text(SecondSyn)}"
                );
            }
        }
    }

    private static IEnumerable<Advice> OfAddresses(FailoverConfiguration configuration) =>
        configuration.Components.All(component => component.OnPost is null && !component.Heartbeats.Any())
            ? []
            : configuration
                .Listen.Where(address =>
                    !address.IsTls && address.SocketPath is null && !ListenAddress.IsLoopback(address.Host)
                )
                .Select(address => new Advice(
                    new(configuration.File),
                    $"passwords and tokens of POSTs go over {address} for everybody on the way to read",
                    $"{FileKeys.Tls}, or an address on loopback behind something that speaks HTTPS"
                ));

    private static IEnumerable<Advice> OfFamilies(FailoverConfiguration configuration)
    {
        ListenAddress[] all = [.. configuration.Listen, .. new[] { configuration.Management }.OfType<ListenAddress>()];
        return all.Where(address =>
                address.Host is { } host
                && IPAddress.TryParse(host, out IPAddress? every)
                && every.Equals(IPAddress.IPv6Any)
                && !all.Any(other => other.Port == address.Port && IsIPv4(other.Host))
            )
            .Select(address => new Advice(
                new(configuration.File),
                $"{address} is IPv6 alone: nobody reaches it over IPv4",
                FormattableString.Invariant($"*:{address.Port} for both, or 0.0.0.0:{address.Port} beside it")
            ));
    }

    private static bool IsIPv4(string? host) => host is not null && !host.Contains(':');

    private static IEnumerable<Advice> OfPasswordFiles(
        FailoverConfiguration configuration,
        Func<string, UnixFileMode?> modeOf
    )
    {
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (ComponentDescription component in configuration.Components)
        {
            foreach (Authentication users in component.Users)
            {
                if (users is HtpasswdFile { Path: var file } && known.Add(file) && IsOpenToOthers(modeOf(file)))
                {
                    Position at = configuration.Positions.GetValueOrDefault(component.Name, new(configuration.File));
                    yield return new(at, Open(file), Closed(file));
                }
            }
        }

        foreach (string file in configuration.Access.Files.Select(users => users.Path).Where(known.Add))
        {
            if (IsOpenToOthers(modeOf(file)))
            {
                yield return new(configuration.PasswordFiles[file].At, Open(file), Closed(file));
            }
        }
    }

    private static IEnumerable<HealthTask> OnDemand(HealthTask task) =>
        task.HasOnDemandCheck ? task.Children.SelectMany(OnDemand).Prepend(task) : [];

    private static IEnumerable<HealthTask> Tasks(HealthTask task, HashSet<HealthTask> seen) =>
        seen.Add(task) ? task.Children.SelectMany(child => Tasks(child, seen)).Prepend(task) : [];

    private static bool IsOpenToOthers(UnixFileMode? mode) =>
        (mode & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) is not (null or UnixFileMode.None);

    private static string Open(string file) =>
        $"{Printable.Escape(file)} can be read or written by every user of this machine";

    private static string Closed(string file) => $"chmod o-rwx {Printable.Escape(file)}";
}
