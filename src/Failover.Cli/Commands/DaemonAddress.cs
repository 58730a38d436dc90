using System.CommandLine;

namespace Failover;

/// <summary>Where a daemon answers.</summary>
/// <param name="Root">The URL that paths are put after; ends with a slash.</param>
/// <param name="SocketPath">The Unix socket that leads there; null: TCP.</param>
/// <param name="Certificate">The PEM file of the one certificate to be shown there; null: any that is trusted.</param>
internal sealed record DaemonAddress(Uri Root, string? SocketPath = null, string? Certificate = null)
{
    private const string WhereItAnswers = "where the daemon answers";

    private const string Accepted =
        "http://HOST:PORT, https://HOST:PORT, HOST:PORT, a port or unix:/PATH, the first two with a path after it if need be";

    // The management address of a file that does not say another one.
    private static readonly ListenAddress UsualManagement = new("127.0.0.1", 8081);

    public static Option<string?> UrlOption(string meaning) =>
        new("--url") { HelpName = "URL", Description = $"{meaning} Left out, taken from the file." };

    public static Option<string?> AuthorityOption() =>
        new("--ca-file")
        {
            HelpName = "FILE",
            Description = "The certificates of the authorities to trust over HTTPS instead of the system's, in PEM.",
        };

    /// <summary>Where the management API is: at the URL, where the running daemon has left it, or where the file says.</summary>
    public static DaemonAddress OfManagement(string? url, FailoverConfiguration configuration, CommandContext context)
    {
        if (url is not null)
        {
            return OfUrl(url);
        }

        if (OfRunning(configuration.File, context) is { } running)
        {
            DaemonAddress address = RequiredManagement(running);
            NoteOther(OfManagement(configuration), address, configuration.File, context);
            return address;
        }

        return OfManagement(configuration)
            ?? throw new CommandException(
                ExitCode.Unreachable,
                $"failover: {Printable.Escape(configuration.File)} has no management address; accepted: --url URL"
            );
    }

    /// <summary>As above; where neither is known, the default address: a daemon with an invalid file has to be reachable, too.</summary>
    public static DaemonAddress OfManagement(string? url, string? file, CommandContext context)
    {
        if (url is not null)
        {
            return OfUrl(url);
        }

        if (file is null && ConfigurationArgument.FindDefault(context) is null)
        {
            return OfRunningDefault(context) is { } left
                ? RequiredManagement(left)
                : Of(UsualManagement, certificate: null);
        }

        string found = ConfigurationArgument.Find(file, context);
        ConfigurationReading reading = ConfigurationFile.Read(found, context.Environment);
        if (reading.Configuration is { } configuration)
        {
            return OfManagement(url: null, configuration, context);
        }

        RuntimeFile? running = OfRunning(found, context);
        DaemonAddress address = running is null ? Of(UsualManagement, certificate: null) : RequiredManagement(running);
        WarnInvalid(reading, found, address, running is null ? "the default" : WhereItAnswers, context);
        return address;
    }

    /// <summary>Where components are served: at the URL, where the running daemon has left it, or at the first address of the file's; and
    /// where its management API is, null where that is not known.</summary>
    /// <remarks>A password goes there. The file may name another address by now than the daemon listens at, when a reload was rejected,
    /// and another process may listen there: what the daemon reports comes first.</remarks>
    public static (DaemonAddress Components, DaemonAddress? Management) OfComponents(
        string? url,
        string? file,
        CommandContext context
    )
    {
        if (url is not null)
        {
            return (OfUrl(url), null);
        }

        if (
            file is null
            && ConfigurationArgument.FindDefault(context) is null
            && OfRunningDefault(context) is { } ofDefault
        )
        {
            return OfComponents(ofDefault);
        }

        string found = ConfigurationArgument.Find(file, context);
        ConfigurationReading reading = ConfigurationFile.Read(found, context.Environment);
        if (OfRunning(found, context) is not { } running)
        {
            return reading.Configuration is { } configuration
                ? (OfComponents(configuration), OfManagement(configuration))
                : throw new CommandException(ExitCode.InvalidConfiguration, reading.ErrorText);
        }

        (DaemonAddress Components, DaemonAddress? Management) addresses = OfComponents(running);
        if (reading.Configuration is { } valid)
        {
            NoteOther(OfComponents(valid), addresses.Components, valid.File, context);
        }
        else
        {
            WarnInvalid(reading, found, addresses.Components, WhereItAnswers, context);
        }

        return addresses;
    }

    private static (DaemonAddress Components, DaemonAddress? Management) OfComponents(RuntimeFile running) =>
        (Of(ListenAddress.Parse(running.Components)!, running.Certificate), OfManagement(running));

    private static DaemonAddress OfComponents(FailoverConfiguration configuration) =>
        Of(
            configuration.Listen.FirstOrDefault(address => address.SocketPath is null) ?? configuration.Listen[0],
            configuration.Tls?.Certificate
        );

    private static DaemonAddress? OfManagement(FailoverConfiguration configuration) =>
        configuration.Management is { } management ? Of(management, configuration.Tls?.Certificate) : null;

    private static RuntimeFile? OfRunningDefault(CommandContext context) =>
        context.DefaultFiles.Select(usual => OfRunning(usual, context)).FirstOrDefault(known => known is not null);

    private static RuntimeFile? OfRunning(string file, CommandContext context) =>
        RuntimeFile.Find(file, context.RuntimeFolder) is { } left
        && ListenAddress.Parse(left.Components) is not null
        && (left.Management is null || ListenAddress.Parse(left.Management) is not null)
            ? left
            : null;

    /// <summary>Where the management API of a running daemon is; null: nowhere.</summary>
    public static DaemonAddress? OfManagement(RuntimeFile running) =>
        running.Management is { } management && ListenAddress.Parse(management) is { } address
            ? Of(address, running.Certificate)
            : null;

    private static DaemonAddress RequiredManagement(RuntimeFile running) =>
        OfManagement(running)
        ?? throw new CommandException(
            ExitCode.Unreachable,
            $"failover: the daemon of {Printable.Escape(running.Configuration)} has no management address; accepted: --url URL"
        );

    // Port 0 names no address.
    private static void NoteOther(DaemonAddress? said, DaemonAddress asked, string file, CommandContext context)
    {
        if (said is { Root.Port: not 0 } && (said.Root, said.SocketPath) != (asked.Root, asked.SocketPath))
        {
            context.Error.WriteLine(
                $"failover: {Printable.Escape(file)} says {said}; asking {asked}, {WhereItAnswers}"
            );
        }
    }

    private static void WarnInvalid(
        ConfigurationReading reading,
        string file,
        DaemonAddress address,
        string which,
        CommandContext context
    ) =>
        context.Error.WriteLine(
            $"{reading.ErrorText}failover: {Printable.Escape(file)} is invalid; asking {address}, {which}"
        );

    /// <summary>What a person wrote.</summary>
    public static DaemonAddress OfUrl(string text)
    {
        if (
            Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
            && url is { Scheme: "http" or "https", Host.Length: > 0, UserInfo: "", Query: "", Fragment: "" }
        )
        {
            return new(new Uri(url.AbsoluteUri.TrimEnd('/') + "/"));
        }

        return ListenAddress.Parse(text) is { } address
            ? Of(address, certificate: null)
            : throw new CommandException(
                ExitCode.WrongCommandLine,
                $"failover: the URL is {Printable.Quoted(text)}\n  accepted: {Accepted}"
            );
    }

    /// <summary>As in messages.</summary>
    public override string ToString() =>
        Printable.Escape(SocketPath is null ? Root.AbsoluteUri.TrimEnd('/') : $"unix:{SocketPath}");

    // A daemon on this machine shows the certificate of its file, whatever the name in it; no other will do.
    private static DaemonAddress Of(ListenAddress address, string? certificate)
    {
        string scheme = address.IsTls ? "https" : "http";
        string host = address.Host switch
        {
            null or "0.0.0.0" => "127.0.0.1",
            "::" => "[::1]",
            var named when named.Contains(':') => $"[{named}]",
            var named => named,
        };
        return address.SocketPath is { } path
            ? new(new Uri($"{scheme}://localhost/"), path, certificate)
            : new(new Uri(FormattableString.Invariant($"{scheme}://{host}:{address.Port}/")), null, certificate);
    }
}
