using System.Buffers;
using System.Globalization;
using System.Net;

namespace Failover;

/// <summary>Reads addresses and networks as people write them: <c>192.0.2.1</c>, <c>10.0.0.0/8</c>.</summary>
internal static class NetworkText
{
    public const string Accepted = "an IP address, or a network as 10.0.0.0/8";

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>An <see cref="IPNetwork"/>; of one address where no length is given. IPv4 out of IPv6 where it is mapped.</summary>
    public static Parsed Parse(string text)
    {
        int slash = text.IndexOf('/');
        string written = slash < 0 ? text : text[..slash];
        if (Plain(written) is not { } address)
        {
            return Parsed.Refused();
        }

        int longest = address.GetAddressBytes().Length * 8;
        int length = longest;
        if (
            slash >= 0
            && (
                !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length)
                || length > longest
            )
        )
        {
            return Parsed.Refused(
                string.Create(CultureInfo.InvariantCulture, $"whose prefix length is no number from 0 to {longest}")
            );
        }

        IPAddress masked = Masked(address, length);
        if (!masked.Equals(address))
        {
            return Parsed.Refused(
                "which has bits beyond its prefix",
                string.Create(CultureInfo.InvariantCulture, $"{masked}/{length}")
            );
        }

        bool isMapped = address.IsIPv4MappedToIPv6 && length >= 96;
        return new(isMapped ? new IPNetwork(address.MapToIPv4(), length - 96) : new IPNetwork(address, length));
    }

    /// <summary>An address in full, IPv4 out of IPv6 where it is mapped; null where the text is none. Shorthand that only some programs
    /// know (<c>10.1</c>, <c>0x7f000001</c>, octal numbers) is none.</summary>
    public static IPAddress? Address(string text) =>
        Plain(text) is not { } address ? null
        : address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address;

    private static IPAddress? Plain(string text) =>
        !text.AsSpan().ContainsAnyExcept(AddressCharacters)
        && IPAddress.TryParse(text, out IPAddress? address)
        && (text.Contains(':', StringComparison.Ordinal) || address.ToString() == text)
            ? address
            : null;

    private static IPAddress Masked(IPAddress address, int length)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff00 >> kept);
        }

        return new(bytes);
    }
}
