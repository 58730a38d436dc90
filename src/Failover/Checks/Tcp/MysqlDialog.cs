using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>MySQL and MariaDB (MySQL's documentation, "Connection Phase").</summary>
internal sealed class MysqlDialog : ServerDialog
{
    private const int LargestPacket = 4096;
    private const byte ErrorPacket = 0xff;
    private const byte ProtocolVersion = 10;
    private const int ClientSsl = 0x0800;

    // "Host … is not allowed to connect to this server": it is up, for others.
    private const int HostNotPrivileged = 1130;

    // Sequence 1; protocol 4.1, TLS, authentication of 4.1; the largest packet; utf8; 23 zeros.
    private static readonly byte[] SslRequest = [32, 0, 0, 1, 0x00, 0x8a, 0, 0, 0, 0, 0, 1, 33, .. new byte[23]];

    private bool offersTls;

    public override async ValueTask<string> GreetAsync(Conversation with)
    {
        const string Awaited = "greeting";
        ReadOnlyMemory<byte> head = await with.ReadAsync(4, Awaited);
        int length = head.Span[0] | (head.Span[1] << 8) | (head.Span[2] << 16);
        if (length is 0 or > LargestPacket || head.Span[3] != 0)
        {
            throw NotMysql();
        }

        ReadOnlyMemory<byte> packet = await with.ReadAsync(length, Awaited);
        return packet.Span[0] switch
        {
            ErrorPacket => Refused(packet.Span[1..]),
            ProtocolVersion => Version(packet.Span[1..]),
            _ => throw NotMysql(),
        };
    }

    public override async ValueTask StartTlsAsync(Conversation with)
    {
        if (!offersTls)
        {
            throw WithoutStartTls();
        }

        await with.SendAsync(SslRequest);
    }

    private static UnexpectedAnswerException NotMysql() => new("the target does not speak the protocol of MySQL");

    private static string Refused(ReadOnlySpan<byte> error)
    {
        if (error.Length < 2)
        {
            throw NotMysql();
        }

        int code = BinaryPrimitives.ReadUInt16LittleEndian(error);
        string says = string.Create(
            CultureInfo.InvariantCulture,
            $"server says {Printable.Excerpt(Encoding.Latin1.GetString(error[2..]))} ({code})"
        );
        return code == HostNotPrivileged ? says : throw new UnexpectedAnswerException(says);
    }

    private string Version(ReadOnlySpan<byte> rest)
    {
        int length = rest.IndexOf((byte)0);
        // Behind it: a number of 4 bytes, a challenge of 8, a zero, then what the server can, of which these are the lower 16 bits.
        int capabilities = length + 1 + 4 + 8 + 1;
        if (length < 0 || rest.Length < capabilities + 2)
        {
            throw NotMysql();
        }

        offersTls = (BinaryPrimitives.ReadUInt16LittleEndian(rest[capabilities..]) & ClientSsl) != 0;
        return $"version {Printable.Excerpt(Encoding.Latin1.GetString(rest[..length]))}";
    }
}
