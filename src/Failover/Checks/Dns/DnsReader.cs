using System.Buffers.Binary;
using System.Text;

namespace Failover;

/// <summary>Reads a DNS message from its first octet on; whatever it says, in time that its size bounds.</summary>
/// <param name="message">The message.</param>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> message = message;

    /// <summary>How far it has been read.</summary>
    public int At { get; private set; }

    public byte ReadByte() => Read(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Read(sizeof(ushort)));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Read(sizeof(uint)));

    public ReadOnlySpan<byte> Read(int count)
    {
        if (count > message.Length - At)
        {
            throw new MalformedAnswerException("it ends too early");
        }

        At += count;
        return message.Slice(At - count, count);
    }

    /// <summary>A name, without the dot at its end; a dot for the root.</summary>
    /// <remarks>RFC 1035, 4.1.4: a pointer leads to a name that stands before it. So each has to lead further back than the one before it, and
    /// a loop of them is found at its first step. Those that lead to pointers add nothing: a message of nothing but them would take a time
    /// that grows with the square of its size.</remarks>
    public string ReadName()
    {
        StringBuilder name = new();
        int onWire = 1;
        int pointers = 0;
        int? end = null;
        for (int begun = At; ; )
        {
            int length = ReadByte();
            if (length == 0)
            {
                break;
            }

            if (length >= PointerBits)
            {
                int target = ((length & ~PointerBits) << 8) | ReadByte();
                end ??= At;
                if (target >= begun)
                {
                    throw new MalformedAnswerException("a compression pointer does not lead back");
                }

                if (++pointers > MostPointers)
                {
                    throw new MalformedAnswerException("a name has too many compression pointers");
                }

                begun = At = target;
                continue;
            }

            if (length > DnsNames.LongestLabel)
            {
                throw new MalformedAnswerException("a label of an unknown kind");
            }

            onWire += length + 1;
            if (onWire > DnsNames.LongestOnWire)
            {
                throw new MalformedAnswerException("a name is too long");
            }

            _ = name.Length > 0 ? name.Append('.') : name;
            DnsNames.AppendLabel(name, Read(length));
        }

        At = end ?? At;
        return name.Length > 0 ? name.ToString() : ".";
    }

    private const int PointerBits = 0xc0;

    // As many as a name of 255 octets has labels: one for each.
    private const int MostPointers = 127;
}
