namespace Failover;

/// <summary>Whole numbers in as few bytes as they need, seven bits in each, the lowest first, as Protocol Buffers writes them (LEB128).</summary>
internal static class VariableLength
{
    /// <summary>How many bytes a number may take.</summary>
    public const int Longest = 10;

    private const byte More = 0x80;

    /// <summary>Writes a number.</summary>
    /// <returns>How many bytes it takes.</returns>
    public static int Write(Span<byte> to, ulong number)
    {
        int length = 0;
        for (; number >= More; number >>= 7)
        {
            to[length++] = (byte)(number | More);
        }

        to[length++] = (byte)number;
        return length;
    }

    /// <summary>Reads a number, and goes on behind it.</summary>
    /// <returns>False where there is none.</returns>
    public static bool TryRead(ref ReadOnlySpan<byte> from, out ulong number)
    {
        number = 0;
        for (int i = 0; i < from.Length && i < Longest; i++)
        {
            number |= (ulong)(from[i] & ~More) << (7 * i);
            if (from[i] < More)
            {
                from = from[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    /// <summary>Small numbers of either sign as small numbers without one.</summary>
    public static ulong Folded(long number) => (ulong)((number << 1) ^ (number >> 63));

    /// <summary>What <see cref="Folded"/> was made of.</summary>
    public static long Unfolded(ulong number) => (long)(number >> 1) ^ -(long)(number & 1);
}
