using System.Runtime.InteropServices;

namespace Failover;

/// <summary>Hashes what is in the files of a configuration beside the blocks of components, piece by piece.</summary>
internal sealed class SurroundingText : IDisposable
{
    private readonly PieceHash hash = new();

    /// <summary>Adds a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="text">All that is in it.</param>
    /// <param name="blocks">Which parts of it are blocks of components.</param>
    public void Add(string file, string text, YamlBlocks blocks)
    {
        Add(file);
        int at = 0;
        foreach (YamlBlock block in blocks.All)
        {
            Append(text.AsSpan(at, block.Start - at));
            at = block.End;
        }

        Append(text.AsSpan(at));
        End();
    }

    /// <summary>Adds something else that has a say.</summary>
    public void Add(string text)
    {
        Append(text);
        End();
    }

    /// <summary>Of all of them. Once.</summary>
    public UInt128 Hash() => MemoryMarshal.Read<UInt128>(hash.Hash());

    public void Dispose() => hash.Dispose();

    private void Append(ReadOnlySpan<char> text) => hash.Append(MemoryMarshal.AsBytes(text));

    // A letter that is in no file.
    private void End() => Append("\0");
}
