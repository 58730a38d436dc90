namespace Failover;

/// <summary>How many values there may still be, in all files: each takes some 100 bytes while it is read, and an alias of many, or a merge
/// within a merge, takes next to nothing in a file.</summary>
internal sealed class YamlBudget
{
    /// <summary>How many may be written: 200,000 components of 20.</summary>
    public const int MostWritten = 4_000_000;

    /// <summary>How many more aliases and merges may come to.</summary>
    public const int MostCopied = 1_000_000;

    private int written = MostWritten;
    private int copied = MostCopied;

    /// <summary>How many may still be written.</summary>
    public int Left => written;

    /// <summary>One is written.</summary>
    /// <exception cref="UnreadableYamlException">It is one too many.</exception>
    public void Write(Position at) => Write(1, at);

    /// <summary>So many are written.</summary>
    /// <exception cref="UnreadableYamlException">They are too many.</exception>
    public void Write(int count, Position at)
    {
        written -= count;
        if (written < 0)
        {
            throw new UnreadableYamlException(at, "too many values", $"up to {MostWritten} in all files")
            {
                IsOverBudget = true,
            };
        }
    }

    /// <summary>An alias comes to so many, or a merge does.</summary>
    /// <exception cref="UnreadableYamlException">They are too many.</exception>
    public void Copy(int size, Position at)
    {
        copied -= size;
        if (copied < 0)
        {
            throw new UnreadableYamlException(
                at,
                "too many values, aliases and merges followed",
                $"up to {MostCopied} in all files"
            )
            {
                IsOverBudget = true,
            };
        }
    }

    /// <summary>As much as another one has left.</summary>
    public void Become(YamlBudget other) => (written, copied) = (other.written, other.copied);
}
