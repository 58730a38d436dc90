using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Failover;

/// <summary>LDAP (RFC 4511): an anonymous bind, with StartTLS (4.14).</summary>
internal sealed class LdapDialog : ServerDialog
{
    private const int LargestMessage = 16 * 1024;
    private static readonly Asn1Tag BindResponse = new(TagClass.Application, 1, isConstructed: true);
    private static readonly Asn1Tag ExtendedResponse = new(TagClass.Application, 24, isConstructed: true);

    // A sequence of: the number of the message, and the operation. To bind: version 3, no name, no password.
    private static readonly byte[] Bind = [0x30, 12, 2, 1, 2, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0];
    private static readonly byte[] Unbind = [0x30, 5, 2, 1, 3, 0x42, 0];
    private static readonly byte[] StartTls = [0x30, 29, 2, 1, 1, 0x77, 24, 0x80, 22, .. "1.3.6.1.4.1.1466.20037"u8];

    // Success, and what a server says that wants to know who asks (appendix A.1).
    private static readonly int[] Up = [0, 8, 13, 48, 49, 50, 53];

    public override bool GreetsInPlainText => false;

    public override ReadOnlyMemory<byte> Farewell => Unbind;

    public override async ValueTask<string> GreetAsync(Conversation with)
    {
        await with.SendAsync(Bind);
        (int code, string says) = await ReadResultAsync(with, BindResponse, "answer to bind");
        return Up.Contains(code)
            ? $"bind answered with {says}"
            : throw new UnexpectedAnswerException($"bind answered with {says}");
    }

    public override async ValueTask StartTlsAsync(Conversation with)
    {
        await with.SendAsync(StartTls);
        (int code, string says) = await ReadResultAsync(with, ExtendedResponse, "answer to StartTLS");
        if (code != 0)
        {
            throw WithoutStartTls(says);
        }
    }

    private static async ValueTask<(int Code, string Says)> ReadResultAsync(
        Conversation with,
        Asn1Tag expected,
        string awaited
    )
    {
        ReadOnlyMemory<byte> head = await with.ReadAsync(2, awaited);
        int length = head.Span[1];
        if (head.Span[0] != 0x30)
        {
            throw NotLdap();
        }

        // X.690, 8.1.3.5: the length in so many bytes more.
        if (length > 0x80)
        {
            int bytes = length - 0x80;
            ReadOnlyMemory<byte> more = bytes > 4 ? throw NotLdap() : await with.ReadAsync(bytes, awaited);
            BigInteger large = new(more.Span, isUnsigned: true, isBigEndian: true);
            length = large > LargestMessage ? throw NotLdap() : (int)large;
        }

        return length is 0x80 or > LargestMessage
            ? throw NotLdap()
            : Read(await with.ReadAsync(length, awaited), expected);
    }

    private static (int Code, string Says) Read(ReadOnlyMemory<byte> message, Asn1Tag expected)
    {
        try
        {
            AsnReader fields = new(message, AsnEncodingRules.BER);
            _ = fields.ReadInteger();
            // A server that ends the session says so by an extended response that nobody has asked for (4.4.1).
            Asn1Tag tag = fields.PeekTag();
            if (tag != expected && tag != ExtendedResponse)
            {
                throw NotLdap();
            }

            AsnReader result = fields.ReadSequence(tag);
            int code = (int)new BigInteger(result.ReadEnumeratedBytes().Span, isBigEndian: true);
            _ = result.ReadOctetString();
            string text = Encoding.UTF8.GetString(result.ReadOctetString());
            string says =
                code.ToString(CultureInfo.InvariantCulture) + (text.Length > 0 ? $" {Printable.Excerpt(text)}" : "");
            return tag == expected
                ? (code, says)
                : throw new UnexpectedAnswerException($"server ended the session with {says}");
        }
        catch (Exception fault) when (fault is AsnContentException or OverflowException)
        {
            throw NotLdap();
        }
    }

    private static UnexpectedAnswerException NotLdap() => new("the target does not speak LDAP");
}
