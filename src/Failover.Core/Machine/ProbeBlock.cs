using System.Runtime.CompilerServices;

namespace Failover;

/// <summary>A part of the memory of a <see cref="ProbeRing"/>: 256 bytes with all that belongs to it.</summary>
internal sealed class ProbeBlock
{
    /// <summary>For how many bytes there is room.</summary>
    public const int Size = 228;

    /// <summary>What one takes of the memory.</summary>
    public const int Bytes = 256;

    private Content content;
    private ushort used;

    /// <summary>The one with the probes that came later.</summary>
    public ProbeBlock? Next { get; set; }

    /// <summary>How many probes are in it.</summary>
    public ushort Count { get; private set; }

    /// <summary>The rest of it.</summary>
    public Span<byte> Room => ((Span<byte>)content)[used..];

    /// <summary>What is in it.</summary>
    public ReadOnlySpan<byte> Written => ((Span<byte>)content)[..used];

    /// <summary>A probe has been written into the room.</summary>
    public void Take(int length)
    {
        used += (ushort)length;
        Count++;
    }

    /// <summary>Other probes are in it instead.</summary>
    public void Replace(ReadOnlySpan<byte> written, int count)
    {
        written.CopyTo(content);
        (used, Count) = ((ushort)written.Length, (ushort)count);
    }

    public void Clear() => (used, Count, Next) = (0, 0, null);

    [InlineArray(Size)]
    private struct Content
    {
        private byte first;
    }
}
