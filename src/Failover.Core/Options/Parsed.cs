using System.Diagnostics.CodeAnalysis;

namespace Failover;

/// <summary>The result of parsing a text: a value, or why it is invalid.</summary>
/// <param name="Value">The value; null where the text is none.</param>
/// <param name="Flaw">Why it is none, as the end of a sentence that names the text: <c>without a unit</c>. Empty where what is
/// accepted says it all. Never holds the text itself, which may be a secret.</param>
/// <param name="Meant">What was most likely meant, where that is near.</param>
internal readonly record struct Parsed(object? Value, string Flaw = "", string? Meant = null)
{
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsValue => Value is not null;

    /// <summary>A text that is no value.</summary>
    public static Parsed Refused(string flaw = "", string? meant = null) => new(Value: null, flaw, meant);

    /// <summary>One of a few words.</summary>
    public static Parsed OneOf<T>(string text, IEnumerable<(string Word, T Value)> words)
        where T : notnull
    {
        foreach ((string word, T value) in words)
        {
            if (word == text)
            {
                return new(value);
            }
        }

        return Refused(meant: Spelling.Nearest(text, words.Select(word => word.Word)));
    }
}
