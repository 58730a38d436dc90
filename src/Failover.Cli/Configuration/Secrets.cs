namespace Failover;

/// <summary>Values that came from <c>${env:…}</c> and <c>${file:…}</c>, to be kept out of everything that is shown.</summary>
internal sealed class Secrets
{
    // Shorter ones would take ordinary words and numbers out of every text.
    private const int Shortest = 4;

    private readonly List<(string Value, string Shown)> known = [];

    /// <summary>Remembers a value and what is shown in its place, as <c>${env:TOKEN}</c>.</summary>
    public void Add(string value, string shown)
    {
        if (value.Length >= Shortest)
        {
            known.Add((value, shown));
            // A secret may hold another one.
            known.Sort((left, right) => right.Value.Length.CompareTo(left.Value.Length));
        }
    }

    /// <summary>The text with every known value replaced.</summary>
    public string Redact(string text) =>
        known.Aggregate(text, (safe, secret) => safe.Replace(secret.Value, secret.Shown, StringComparison.Ordinal));
}
