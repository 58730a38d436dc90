using System.CommandLine;

namespace Failover;

/// <summary>Where a daemon answers.</summary>
/// <param name="Root">The URL that paths are put after; ends with a slash.</param>
/// <param name="SocketPath">The Unix socket that leads there; null: TCP.</param>
/// <param name="Certificate">The PEM file of the one certificate to be shown there; null: any that is trusted.</param>
internal sealed record DaemonAddress(Uri Root, string? SocketPath = null, string? Certificate = null)
{
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

    /// <summary>Where the management API is: at the URL, or where the file says.</summary>
    public static DaemonAddress OfManagement(string? url, FailoverConfiguration configuration)
    {
        if (url is not null)
        {
            return OfUrl(url);
        }

        return configuration.Management is { } management
            ? Of(management, configuration.Tls?.Certificate)
            : throw new CommandException(
                ExitCode.Unreachable,
                $"failover: {Printable.Escape(configuration.File)} has no management address; accepted: --url URL"
            );
    }

    /// <summary>As above, but where the running daemon has left it, where it has: the file may say another one by now.</summary>
    public static DaemonAddress OfRunningManagement(
        string? url,
        FailoverConfiguration configuration,
        CommandContext context
    ) =>
        url is null
        && OfRunning(configuration.File, context) is { } running
        && running.DaemonProcess.IsRunning(running.Owner)
            ? RequiredManagement(running)
            : OfManagement(url, configuration);

    /// <summary>As above; where no file tells it, where the running daemon has left it, else at the usual address: a daemon is to be
    /// asked most of all when something is wrong with its file.</summary>
    public static DaemonAddress OfManagement(string? url, string? file, CommandContext context)
    {
        if (url is not null)
        {
            return OfUrl(url);
        }

        if (file is null && ConfigurationArgument.FindDefault(context) is null)
        {
            return
                context
                    .DefaultFiles.Select(usual => OfRunning(usual, context))
                    .FirstOrDefault(known => known is not null)
                    is { } left
                ? RequiredManagement(left)
                : Of(UsualManagement, certificate: null);
        }

        string found = ConfigurationArgument.Find(file, context);
        ConfigurationReading reading = ConfigurationFile.Read(found, context.Environment);
        if (reading.Configuration is { } configuration)
        {
            return OfManagement(url: null, configuration);
        }

        RuntimeFile? running = OfRunning(found, context);
        DaemonAddress address = running is null ? Of(UsualManagement, certificate: null) : RequiredManagement(running);
        WarnInvalid(reading, found, address, running is null ? "the default" : "where the daemon answers", context);
        return address;
    }

    /// <summary>Where components are served: at the URL, at the first address of the file's, or where the running daemon has left
    /// it; and where its management API is, null where that is not known.</summary>
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

        string found = ConfigurationArgument.Find(file, context);
        ConfigurationReading reading = ConfigurationFile.Read(found, context.Environment);
        if (reading.Configuration is { } configuration)
        {
            string? certificate = configuration.Tls?.Certificate;
            ListenAddress first =
                configuration.Listen.FirstOrDefault(address => address.SocketPath is null) ?? configuration.Listen[0];
            return (
                Of(first, certificate),
                configuration.Management is { } management ? Of(management, certificate) : null
            );
        }

        if (OfRunning(found, context) is not { } running)
        {
            throw new CommandException(ExitCode.InvalidConfiguration, reading.ErrorText);
        }

        DaemonAddress components = Of(ListenAddress.Parse(running.Components)!, running.Certificate);
        WarnInvalid(reading, found, components, "where the daemon answers", context);
        return (components, running.Management is null ? null : RequiredManagement(running));
    }

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
