using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>The value of a record as text: what <c>dig +short</c> prints, names without the dot at their end and texts without
/// quotes.</summary>
internal static class DnsRecordValue
{
    /// <summary>Reads one.</summary>
    /// <exception cref="MalformedAnswerException">It is none of its type.</exception>
    public static string Read(ref DnsReader reader, DnsRecordType type, int length) =>
        type switch
        {
            DnsRecordType.A => new IPAddress(reader.Read(OfSize(length, 4))).ToString(),
            DnsRecordType.Aaaa => new IPAddress(reader.Read(OfSize(length, 16))).ToString(),
            DnsRecordType.Ns or DnsRecordType.Cname or DnsRecordType.Ptr => reader.ReadName(),
            DnsRecordType.Mx => $"{reader.ReadUInt16()} {reader.ReadName()}",
            DnsRecordType.Srv =>
                $"{reader.ReadUInt16()} {reader.ReadUInt16()} {reader.ReadUInt16()} {reader.ReadName()}",
            DnsRecordType.Soa =>
                $"{reader.ReadName()} {reader.ReadName()} {reader.ReadUInt32()} {reader.ReadUInt32()} {reader.ReadUInt32()} {reader.ReadUInt32()} {reader.ReadUInt32()}",
            DnsRecordType.Txt => TextOf(reader.Read(length)),
            DnsRecordType.Caa => Caa(reader.Read(length)),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such type"),
        };

    /// <summary>What an expected value has to look like; null where it may be any text.</summary>
    public static string? FlawOf(DnsRecordType type, string expected) =>
        type switch
        {
            DnsRecordType.A when !IsAddress(expected, AddressFamily.InterNetwork) => "an IPv4 address",
            DnsRecordType.Aaaa when !IsAddress(expected, AddressFamily.InterNetworkV6) => "an IPv6 address",
            DnsRecordType.Ns or DnsRecordType.Cname or DnsRecordType.Ptr when DnsNames.FlawOf(expected) is not null =>
                "a DNS name",
            DnsRecordType.Mx when WordsOf(expected) != 2 => "a preference and a name, as 10 mail.example.net",
            DnsRecordType.Srv when WordsOf(expected) != 4 =>
                "priority, weight, port and name, as 0 5 5060 sip.example.net",
            DnsRecordType.Soa when WordsOf(expected) != 7 =>
                "two names and five numbers, as ns.example.net hostmaster.example.net 7 3600 600 86400 60",
            _ => null,
        };

    /// <summary>The one spelling of a value: two of the same meaning are equal then.</summary>
    // As DNS compares names.
#pragma warning disable CA1308
    public static string Normal(DnsRecordType type, string value) =>
        type switch
        {
            DnsRecordType.A or DnsRecordType.Aaaa => IPAddress.Parse(value).ToString(),
            DnsRecordType.Txt or DnsRecordType.Caa => value,
            _ => string.Join(
                ' ',
                value
                    .ToLowerInvariant()
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(word => word == "." ? word : DnsNames.Relative(word))
            ),
        };
#pragma warning restore CA1308

    private static bool IsAddress(string text, AddressFamily family) =>
        HostOption.AddressOf(text)?.AddressFamily == family
        && (family != AddressFamily.InterNetwork || text.Count(letter => letter == '.') == 3);

    private static int WordsOf(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;

    private static int OfSize(int length, int size) =>
        length == size ? size : throw new MalformedAnswerException($"an address of {length} octets");

    // Pieces of at most 255 octets, which together are the text (RFC 7208, 3.3).
    private static string TextOf(ReadOnlySpan<byte> data)
    {
        List<byte> text = [];
        while (data.Length > 0)
        {
            int length = data[0];
            if (length >= data.Length)
            {
                throw new MalformedAnswerException("a text is not as long as it says");
            }

            text.AddRange(data.Slice(1, length));
            data = data[(length + 1)..];
        }

        return Encoding.UTF8.GetString([.. text]);
    }

    // RFC 8659, 4.1: flags, the length of the tag, the tag, the value.
    private static string Caa(ReadOnlySpan<byte> data)
    {
        if (data.Length < 2 || data[1] > data.Length - 2)
        {
            throw new MalformedAnswerException("a CAA record ends too early");
        }

        int tag = data[1];
        return $"{data[0]} {Encoding.ASCII.GetString(data.Slice(2, tag))} \"{Encoding.ASCII.GetString(data[(tag + 2)..])}\"";
    }
}
