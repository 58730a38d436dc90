using System.Text;

namespace Failover;

/// <summary>The beginning of what a command writes; the rest is dropped.</summary>
internal sealed class CommandOutput
{
    /// <summary>How many bytes are kept.</summary>
    public const int Longest = 8 * 1024;

    private readonly byte[] kept = new byte[Longest];
    private int length;

    public bool IsFull => length == Longest;

    /// <summary>What is kept, in UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(kept, 0, length);

    public void Add(ReadOnlySpan<byte> more)
    {
        ReadOnlySpan<byte> fitting = more[..Math.Min(more.Length, Longest - length)];
        fitting.CopyTo(kept.AsSpan(length));
        length += fitting.Length;
    }
}
