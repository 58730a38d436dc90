using System.Buffers.Binary;

namespace Failover;

/// <summary>AMQP 0-9-1 (its specification, 2.2.4 and 2.3.5).</summary>
internal sealed class AmqpDialog : ServerDialog
{
    private const byte MethodFrame = 1;

    // Class "connection" (10), method "start" (10).
    private const uint ConnectionStart = (10 << 16) | 10;
    private const int HeaderLength = 8;
    private const int FrameHeaderLength = 7;

    private static readonly byte[] ProtocolHeader = [.. "AMQP"u8, 0, 0, 9, 1];

    public override bool HasStartTls => false;

    public override async ValueTask<string> GreetAsync(Conversation with)
    {
        const string Awaited = "start of the connection";
        await with.SendAsync(ProtocolHeader);
        // Both answers are longer than this: a frame of a method, or the header of the protocol that the server speaks.
        ReadOnlyMemory<byte> begin = await with.ReadAsync(HeaderLength, Awaited);
        if (begin.Span.StartsWith("AMQP"u8))
        {
            throw new UnexpectedAnswerException(
                $"server speaks AMQP {begin.Span[5]}-{begin.Span[6]}-{begin.Span[7]}, expected 0-9-1"
            );
        }

        byte type = begin.Span[0];
        byte classHigh = begin.Span[FrameHeaderLength];
        ReadOnlyMemory<byte> rest = await with.ReadAsync(3, Awaited);
        uint method =
            ((uint)classHigh << 24) | ((uint)rest.Span[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(rest.Span[1..]);
        return type == MethodFrame && method == ConnectionStart
            ? "AMQP 0-9-1"
            : throw new UnexpectedAnswerException("the target does not speak AMQP");
    }
}
