using System.Buffers;
using System.Security.Cryptography;

namespace Failover;

/// <summary>The hash of <see cref="Sha256"/>, of content that comes in pieces.</summary>
internal sealed class PieceHash : IDisposable
{
    private ArrayBufferWriter<byte> begun = new();
    private IncrementalHash? platform;

    /// <summary>Adds the next piece.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        if (platform is null && begun.WrittenCount + piece.Length > Sha256.LongestOwn)
        {
            platform = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            platform.AppendData(begun.WrittenSpan);
            begun = new();
        }

        if (platform is not null)
        {
            platform.AppendData(piece);
        }
        else
        {
            begun.Write(piece);
        }
    }

    /// <summary>Of all pieces until now. Once.</summary>
    public byte[] Hash() => platform?.GetHashAndReset() ?? Sha256.HashData(begun.WrittenSpan);

    public void Dispose() => platform?.Dispose();
}
