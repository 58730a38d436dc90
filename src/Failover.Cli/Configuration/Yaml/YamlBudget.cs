namespace Failover;

/// <summary>How many values there may still be, in all files: each takes some 100 bytes while it is read, and an alias of many takes next to
/// nothing in a file.</summary>
internal sealed class YamlBudget
{
    /// <summary>How many may be written: 200,000 components of 20.</summary>
    public const int MostWritten = 4_000_000;

    /// <summary>How many more aliases may come to.</summary>
    public const int MostAliased = 1_000_000;

    private int written = MostWritten;
    private int aliased = MostAliased;

    /// <summary>One is written.</summary>
    /// <exception cref="UnreadableYamlException">It is one too many.</exception>
    public void Write(Position at)
    {
        if (--written < 0)
        {
            throw new UnreadableYamlException(at, "too many values", $"up to {MostWritten} in all files")
            {
                IsOverBudget = true,
            };
        }
    }

    /// <summary>An alias comes to so many.</summary>
    /// <exception cref="UnreadableYamlException">They are too many.</exception>
    public void Follow(int size, Position at)
    {
        aliased -= size;
        if (aliased < 0)
        {
            throw new UnreadableYamlException(
                at,
                "too many values, aliases followed",
                $"up to {MostAliased} in all files"
            )
            {
                IsOverBudget = true,
            };
        }
    }

    /// <summary>As much as another one has left.</summary>
    public void Become(YamlBudget other) => (written, aliased) = (other.written, other.aliased);
}
