using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>What an exchange sends.</summary>
/// <param name="Url">Where to.</param>
/// <param name="Method">The method.</param>
/// <param name="Headers">Those that were given.</param>
/// <param name="Authorization">The value of that header; null: none.</param>
/// <param name="Body">The body; null: none.</param>
internal sealed record HttpRequest(
    Uri Url,
    string Method,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    string? Authorization,
    byte[]? Body
)
{
    /// <summary>The method whose answer has no body.</summary>
    public const string Head = "HEAD";

    public bool IsHead => Method == Head;

    public bool IsTls => Url.Scheme == Uri.UriSchemeHttps;

    public string Host => HttpTexts.HostOf(Url);

    /// <summary>The headers but those that a version of HTTP writes in its own way: <c>Host</c> and <c>Content-Length</c>.</summary>
    public IEnumerable<KeyValuePair<string, string>> AllHeaders()
    {
        foreach ((string name, string value) in new[] { ("User-Agent", "failover"), ("Accept", "*/*") })
        {
            if (!Headers.Any(given => IsNamed(given, name)))
            {
                yield return new(name, value);
            }
        }

        if (Authorization is { } credentials && !Headers.Any(given => IsNamed(given, "Authorization")))
        {
            yield return new("Authorization", credentials);
        }

        foreach (KeyValuePair<string, string> header in Headers.Where(header => !IsNamed(header, "Host")))
        {
            yield return header;
        }
    }

    /// <summary>Whether another URL leads to the same server.</summary>
    public bool IsSameServer(Uri other) => other.Scheme == Url.Scheme && other.Authority == Url.Authority;

    /// <summary>The value of <c>Host</c>: the given one, or that of the URL.</summary>
    public string Authority => Headers.FirstOrDefault(given => IsNamed(given, "Host")).Value ?? UrlAuthority;

    /// <summary>The server that it is for, with its port.</summary>
    /// <param name="instead">Another one in its place; null: none.</param>
    public string Server(ConnectTarget? instead) =>
        HostAndPort.Join((instead?.Host ?? Host).Split('%')[0], instead?.Port ?? Url.Port);

    /// <summary>The request as HTTP/1.1 writes it.</summary>
    /// <param name="proxy">The proxy that it is sent to; null: it is sent to the server.</param>
    public byte[] ToBytes(HttpProxy? proxy = null)
    {
        byte[] body = Body ?? [];
        StringBuilder head = new();
        string server = proxy is null ? "" : $"{Url.Scheme}://{UrlAuthority}";
        head.Append(
            CultureInfo.InvariantCulture,
            $"{Method} {server}{Url.PathAndQuery} HTTP/1.1\r\nHost: {Authority}\r\n"
        );
        if (proxy?.Authorization is { } credentials)
        {
            head.Append(CultureInfo.InvariantCulture, $"Proxy-Authorization: {credentials}\r\n");
        }

        foreach ((string name, string value) in AllHeaders())
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        if (Body is not null || Method is "POST" or "PUT" or "PATCH")
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        }

        head.Append("Connection: close\r\n\r\n");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. body];
    }

    /// <summary>The request that a redirect asks for; null where it leads to no URL that may be followed. Another server gets neither
    /// credentials nor headers that were meant for the first.</summary>
    public HttpRequest? RedirectedTo(string location, int status)
    {
        if (
            !Uri.TryCreate(Url, location, out Uri? next)
            || HttpTexts.UrlFlaw(
                next.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.Fragment, UriFormat.UriEscaped)
            )
                is not null
            || (IsTls && next.Scheme != Uri.UriSchemeHttps)
        )
        {
            return null;
        }

        // RFC 9110, 15.4: as browsers do it, POST becomes GET but for 307 and 308.
        bool isKept = status is 307 or 308 || Method is "GET" or "HEAD";
        bool isSameServer = IsSameServer(next);
        return new(
            next,
            isKept ? Method : "GET",
            isSameServer ? Headers : [],
            isSameServer ? Authorization : null,
            isKept ? Body : null
        );
    }

    private string UrlAuthority =>
        Url.IsDefaultPort ? Bracketed : string.Create(CultureInfo.InvariantCulture, $"{Bracketed}:{Url.Port}");

    // A zone is of this machine's (RFC 6874, 1).
    private string Bracketed => Host.Contains(':') ? $"[{Host.Split('%')[0]}]" : Host;

    private static bool IsNamed(KeyValuePair<string, string> header, string name) =>
        string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase);
}
