using System.Collections.Immutable;

namespace Failover;

/// <summary>The secrets of the configuration that is served and of those before: the reason of a latch is shown for as long as it lasts, and
/// may hold a value that has been replaced since.</summary>
internal sealed class SecretsInForce
{
    /// <summary>How many spellings of values are remembered; the oldest go first.</summary>
    public const int MostValues = 4096;

    private readonly Lock gate = new();

    // The order in which they came, for the bound; and the order in which they are replaced.
    private ImmutableList<(string Value, string Shown)> inOrder = [];
    private volatile IReadOnlyList<(string Value, string Shown)> longestFirst = [];

    public SecretsInForce(Secrets first) => Use(first);

    /// <summary>Another configuration is served from now on.</summary>
    public void Use(Secrets next)
    {
        lock (gate)
        {
            // What is in force is the newest.
            HashSet<string> values = [.. next.Known.Select(secret => secret.Value)];
            inOrder = inOrder.RemoveAll(secret => values.Contains(secret.Value)).AddRange(next.Known);
            if (inOrder.Count > MostValues)
            {
                inOrder = inOrder.RemoveRange(
                    0,
                    Math.Min(inOrder.Count - MostValues, inOrder.Count - next.Known.Count)
                );
            }

            longestFirst = [.. inOrder.OrderByDescending(secret => secret.Value.Length)];
        }
    }

    /// <summary>The text with every secret replaced.</summary>
    public string Redact(string text) => Secrets.Redact(text, longestFirst);
}
