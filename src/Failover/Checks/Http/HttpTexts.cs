using System.Buffers;
using System.Text;

namespace Failover;

/// <summary>What the texts of an <see cref="HttpCheck"/> may look like. Each member says what is wrong with one, and null where
/// nothing is.</summary>
internal static class HttpTexts
{
    // RFC 9110, 5.6.2.
    private static readonly SearchValues<char> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    // The check frames its request itself, and closes the connection.
    private static readonly string[] Reserved =
    [
        "connection",
        "content-length",
        "expect",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];

    public static string? UrlFlaw(string text) =>
        text.Any(char.IsControl) ? "with control characters"
        : !text.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        && !text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            ? "without http:// or https://"
        : !Uri.TryCreate(text, UriKind.Absolute, out Uri? url) ? ""
        : url.UserInfo.Length > 0 ? "with a user in it; give that as authorization"
        : url.Fragment.Length > 0 ? "with a fragment, which is never sent"
        : url.Port is < Port.Lowest or > Port.Highest ? "with a port that is none"
        : !new HostOption("host", "").Parse(HostOf(url)).IsValue ? "whose host is none"
        : null;

    /// <summary>The host of a URL as a name or an address, without brackets.</summary>
    public static string HostOf(Uri url) => url.IdnHost.Trim('[', ']');

    public static string? MethodFlaw(string text) =>
        text.Length == 0 || text.AsSpan().ContainsAnyExceptInRange('A', 'Z') ? ""
        : text == "CONNECT" ? "which is for proxies"
        : null;

    public static string? HeaderNameFlaw(string text) =>
        text.Length == 0 || text.AsSpan().ContainsAnyExcept(Token) ? ""
        : Reserved.Contains(text, StringComparer.OrdinalIgnoreCase) ? "which the check sets itself"
        : null;

    public static string? AnyHeaderNameFlaw(string text) => IsHeaderName(text) ? null : "";

    public static bool IsHeaderName(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExcept(Token);

    public static string? HeaderValueFlaw(string text) => text.Any(char.IsControl) ? "with control characters" : null;

    /// <summary>As RFC 6901 writes it: empty, or with a slash before each name.</summary>
    public static string? PointerFlaw(string text) =>
        text.Length == 0 || text[0] == '/' ? null : "without a / before it";

    public static string? AuthorizationFlaw(string text) => HeaderOf(text) is null ? "" : null;

    /// <summary>The value of the header; null where the text is none.</summary>
    public static string? HeaderOf(string authorization)
    {
        (string scheme, string rest) = authorization.Split(' ', 2) is [var first, var second]
            ? (first, second.Trim())
            : ("", "");
        bool isSafe = rest.Length > 0 && !rest.Any(char.IsControl);
        // RFC 7617, 2: the user has no colon, the password may.
        return isSafe && scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && rest.IndexOf(':') > 0
                ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(rest))}"
            : isSafe
            && scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            && Ascii.IsValid(rest)
            && !rest.Contains(' ')
                ? $"Bearer {rest}"
            : null;
    }
}
