using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Failover;

/// <summary>Writes fields of a message of Protocol Buffers.</summary>
/// <remarks>Source: "Encoding", protobuf.dev: a field is its number and a wire type, then the value. What has the default value is written as
/// well.</remarks>
internal sealed class ProtobufWriter
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Length = 2;

    private readonly ArrayBufferWriter<byte> written = new();

    /// <summary>The fields so far.</summary>
    public ReadOnlySpan<byte> Written => written.WrittenSpan;

    /// <summary>A number, or true as 1.</summary>
    public void WriteVarint(int field, ulong value)
    {
        WriteKey(field, Varint);
        WriteVarint(value);
    }

    /// <summary>A <c>fixed64</c>.</summary>
    public void WriteFixed(int field, ulong value)
    {
        WriteKey(field, Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(written.GetSpan(sizeof(ulong)), value);
        written.Advance(sizeof(ulong));
    }

    /// <summary>A <c>double</c>.</summary>
    public void WriteDouble(int field, double value) => WriteFixed(field, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A <c>string</c>.</summary>
    public void WriteText(int field, string value) => WriteBytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message.</summary>
    public void WriteMessage(int field, Action<ProtobufWriter> write)
    {
        ProtobufWriter message = new();
        write(message);
        WriteBytes(field, message.Written);
    }

    /// <summary>A <c>repeated fixed64</c> or <c>double</c>, packed: eight bytes for each.</summary>
    public void WritePacked(int field, IEnumerable<ulong> values)
    {
        ProtobufWriter packed = new();
        foreach (ulong value in values)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(packed.written.GetSpan(sizeof(ulong)), value);
            packed.written.Advance(sizeof(ulong));
        }

        WriteBytes(field, packed.Written);
    }

    /// <summary>Fields that another one has written.</summary>
    public void Append(ProtobufWriter other) => written.Write(other.Written);

    /// <summary>Begins again.</summary>
    public void Clear() => written.ResetWrittenCount();

    private void WriteBytes(int field, ReadOnlySpan<byte> value)
    {
        WriteKey(field, Length);
        WriteVarint((ulong)value.Length);
        written.Write(value);
    }

    private void WriteKey(int field, int type) => WriteVarint(((ulong)field << 3) | (uint)type);

    private void WriteVarint(ulong value)
    {
        while (value > 0x7F)
        {
            Write((byte)(value | 0x80));
            value >>= 7;
        }

        Write((byte)value);
    }

    private void Write(byte one) => written.Write([one]);
}
