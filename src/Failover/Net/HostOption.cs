using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Failover.Abstractions;

/// <summary>An option that is a machine: a name or an IP address.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">What happens where none is given, in words; null where the option is required.</param>
public sealed record HostOption(string Name, string Meaning, string? Default = null) : ScalarOption(Name, Meaning)
{
    /// <summary>The longest name that DNS can carry, written with dots (RFC 1035, 2.3.4: 255 octets on the wire).</summary>
    public const int LongestName = 253;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
    );

    /// <inheritdoc/>
    public override string Accepted =>
        $"a host name of up to {LongestName} characters (ASCII: xn-- for others), an IPv4 address in four decimal parts "
        + "or an IPv6 address, without port or brackets";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    /// <summary>The given host, checked.</summary>
    /// <exception cref="ArgumentException">Missing, or neither a name nor an address.</exception>
    public string Check(string? given) =>
        given switch
        {
            null => throw Refuse(null),
            { Length: > LongestName } => throw Refuse($"{given.Length} characters long"),
            _ when IsAddress(given) || IsName(given) => given,
            _ => throw Refuse(Printable.Quoted(given)),
        };

    /// <summary>The given host, checked; null where none is given.</summary>
    /// <exception cref="ArgumentException">Neither a name nor an address.</exception>
    public string? CheckIfGiven(string? given) => given is null ? null : Check(given);

    internal override Parsed Parse(string text) =>
        text.Length <= LongestName && (IsAddress(text) || IsName(text)) ? new(text)
        : text.Length > LongestName ? Parsed.Refused("which is too long")
        : Parsed.Refused();

    internal override string Text(object value) => EscapedText.Of((string)value);

    /// <summary>The address that <paramref name="host"/> is; null where it is a name or none.</summary>
    internal static IPAddress? AddressOf(string? host) =>
        IPAddress.TryParse(host, out IPAddress? address) ? Plain(address) : null;

    /// <summary>An IPv4 address that was written as an IPv6 one (RFC 4291, 2.5.5.2) as what it is.</summary>
    internal static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    // The runtime, as the C library, also reads 10.1, 0x7f000001 and, in octal, 010.0.0.1: more likely slips than meant.
    private static bool IsAddress(string host) =>
        host.AsSpan().IndexOfAny('[', ']') < 0
        && IPAddress.TryParse(host, out IPAddress? address)
        && (
            address.AddressFamily == AddressFamily.InterNetworkV6
            || string.Equals(address.ToString(), host, StringComparison.Ordinal)
        );

    // A name never ends in a number (RFC 1123, 2.1): 192.0.2.256 is a slip in an address.
    private static bool IsName(string host)
    {
        ReadOnlySpan<char> labels = host.AsSpan().TrimEnd('.');
        ReadOnlySpan<char> last = labels[(labels.LastIndexOf('.') + 1)..];
        return labels.Length >= host.Length - 1
            && !labels.ContainsAnyExcept(NameCharacters)
            && !host.Contains("..", StringComparison.Ordinal)
            && last.ContainsAnyExceptInRange('0', '9')
            && labels[0] != '.'
            && !IPAddress.TryParse(host, out _);
    }
}
