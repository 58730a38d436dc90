using System.Text.RegularExpressions;

namespace Failover;

/// <summary>A regular expression over text of a target's, which takes a time that is linear in the text. Equal to others of the same
/// text.</summary>
internal sealed class TextPattern : IEquatable<TextPattern>
{
    public const string Accepted = "a regular expression of .NET without lookaround and backreferences";

    // It is linear: 64 KiB take milliseconds. A pattern that is legal and slow nevertheless ends here.
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);

    private readonly Regex regex;

    /// <exception cref="ArgumentException">The text is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It has lookaround or backreferences, or is too large.</exception>
    public TextPattern(string text)
    {
        Text = text;
        regex = new(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, LongestMatch);
    }

    public string Text { get; }

    /// <summary>In how many states matching may be at a time, at most: a character is one state, and what is repeated a given number of
    /// times may be any number.</summary>
    public int MostStates => Text.Contains('{', StringComparison.Ordinal) ? int.MaxValue : Text.Length;

    /// <summary>What is wrong with a text; null where nothing is.</summary>
    public static string? FlawOf(string text)
    {
        try
        {
            _ = new TextPattern(text);
            return null;
        }
        catch (RegexParseException fault)
        {
            // Its message ends with what is wrong: "Invalid pattern '(' at offset 1. Not enough )'s."
            int end = fault.Message.LastIndexOf(". ", StringComparison.Ordinal);
            return end < 0 ? "" : $"wrong at character {fault.Offset}: {fault.Message[(end + 2)..].TrimEnd('.')}";
        }
        catch (NotSupportedException)
        {
            return "which has lookaround or backreferences, or is too large";
        }
    }

    public bool IsMatch(string text) => regex.IsMatch(text);

    /// <summary>The length of what matches at the beginning of a text; null where nothing does.</summary>
    public int? LengthAtStart(ReadOnlySpan<char> text)
    {
        // The leftmost match is the first.
        foreach (ValueMatch match in regex.EnumerateMatches(text))
        {
            return match.Index == 0 ? match.Length : null;
        }

        return null;
    }

    public bool Equals(TextPattern? other) => other?.Text == Text;

    public override bool Equals(object? obj) => Equals(obj as TextPattern);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
