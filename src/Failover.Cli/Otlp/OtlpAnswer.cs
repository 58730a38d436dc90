using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>What a receiver says of a request that it has taken: how many points it has rejected after all, and why.</summary>
/// <remarks>Source: opentelemetry-proto 1.x, <c>ExportMetricsServiceResponse</c>.</remarks>
internal static class OtlpAnswer
{
    /// <summary>What it complains of, as it is; null where of nothing, or where the answer is of another kind.</summary>
    public static string? Complaint(ReadOnlySpan<byte> answer)
    {
        long rejected = 0;
        string message = "";
        while (TryRead(ref answer, out int field, out ReadOnlySpan<byte> partial, out _))
        {
            while (field == 1 && TryRead(ref partial, out int part, out ReadOnlySpan<byte> text, out ulong number))
            {
                rejected = part == 1 ? unchecked((long)number) : rejected;
                message = part == 2 ? Encoding.UTF8.GetString(text) : message;
            }
        }

        string count = string.Create(CultureInfo.InvariantCulture, $"{rejected} data points are rejected");
        return rejected > 0
            ? message.Length > 0
                ? $"{count}: {message}"
                : count
            : message.Length > 0
                ? message
                : null;
    }

    // One field; false at the end, and at what is none.
    private static bool TryRead(
        ref ReadOnlySpan<byte> left,
        out int field,
        out ReadOnlySpan<byte> bytes,
        out ulong number
    )
    {
        bytes = default;
        (field, number) = (0, 0);
        if (left.IsEmpty || !TryReadVarint(ref left, out ulong key))
        {
            return false;
        }

        field = (int)(key >> 3);
        switch (key & 7)
        {
            case 0:
                return TryReadVarint(ref left, out number);
            case 1 when left.Length >= sizeof(ulong):
                number = BinaryPrimitives.ReadUInt64LittleEndian(left);
                left = left[sizeof(ulong)..];
                return true;
            case 2 when TryReadVarint(ref left, out ulong length) && length <= (ulong)left.Length:
                bytes = left[..(int)length];
                left = left[(int)length..];
                return true;
            case 5 when left.Length >= sizeof(uint):
                left = left[sizeof(uint)..];
                return true;
            default:
                return false;
        }
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> left, out ulong value)
    {
        value = 0;
        for (int i = 0; i < left.Length && i < 10; i++)
        {
            value |= (ulong)(left[i] & 0x7F) << (7 * i);
            if ((left[i] & 0x80) == 0)
            {
                left = left[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
