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
        new("--url") { HelpName = "URL", Description = $"{meaning} Left out, the file says it." };

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
                $"failover: {Printable.Escape(configuration.File)} has no management address; --url says another one's"
            );
    }

    /// <summary>As above, and where no file tells it, at the usual address: a daemon is to be asked most of all when something is
    /// wrong with its file.</summary>
    public static DaemonAddress OfManagement(string? url, string? file, Surroundings surroundings)
    {
        if (url is not null)
        {
            return OfUrl(url);
        }

        if (file is null && GivenConfiguration.FindUsual(surroundings) is null)
        {
            return Of(UsualManagement, certificate: null);
        }

        string found = GivenConfiguration.Find(file, surroundings);
        if (ConfigurationFile.Read(found, surroundings.Environment).Configuration is { } configuration)
        {
            return OfManagement(url: null, configuration);
        }

        surroundings.Error.WriteLine(
            $"failover: {Printable.Escape(found)} is invalid, as failover check says; asking {UsualManagement}"
        );
        return Of(UsualManagement, certificate: null);
    }

    /// <summary>Where components are served: at the URL, or at the first address of the file's.</summary>
    public static DaemonAddress OfComponents(string? url, string? file, Surroundings surroundings)
    {
        if (url is not null)
        {
            return OfUrl(url);
        }

        FailoverConfiguration configuration = GivenConfiguration.Read(file, surroundings).Configuration!;
        ListenAddress first =
            configuration.Listen.FirstOrDefault(address => address.SocketPath is null) ?? configuration.Listen[0];
        return Of(first, configuration.Tls?.Certificate);
    }

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
