namespace Failover;

/// <summary>Texts that a file says again and again are one object: keys, and the values that most components share.</summary>
internal sealed class YamlTexts
{
    // So many places for texts, each for the newest of its hash.
    private const int Places = 1024;

    private const int Longest = 40;

    private readonly string?[] known = new string?[Places];

    public string Of(ReadOnlySpan<char> text)
    {
        if (text.Length > Longest)
        {
            return text.ToString();
        }

        ref string? place = ref known[string.GetHashCode(text, StringComparison.Ordinal) & (Places - 1)];
        return place is not null && text.SequenceEqual(place) ? place : place = text.ToString();
    }
}
