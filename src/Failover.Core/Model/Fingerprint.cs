using System.Buffers;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>A short text that stands for a long one: equal where that is, and the same in the next process.</summary>
internal static class Fingerprint
{
    private const int Bytes = 16;

    /// <summary>128 bits.</summary>
    public static UInt128 Of(string text)
    {
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        Span<byte> digest = stackalloc byte[Sha256.HashSizeInBytes];
        Sha256.HashData(utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8)), digest);
        ArrayPool<byte>.Shared.Return(utf8);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest[..Bytes]);
    }

    /// <summary>32 hexadecimal digits.</summary>
    public static string Text(UInt128 bits) => bits.ToString("x32", CultureInfo.InvariantCulture);
}
