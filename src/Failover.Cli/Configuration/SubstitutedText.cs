namespace Failover;

/// <summary>A text of the file with its secrets put in.</summary>
/// <param name="Text">What is meant.</param>
/// <param name="ShownAs">What an error calls it, as <c>the value of ${env:PORT}</c>; null: the text in quotes.</param>
/// <param name="At">Its position.</param>
/// <param name="IsSecret">Whether some of it came from outside the file.</param>
internal readonly record struct SubstitutedText(string Text, string? ShownAs, Position At, bool IsSecret)
{
    /// <summary>What an error calls it.</summary>
    public string Shown => ShownAs ?? Printable.Quoted(Text);

    /// <summary>A part of it, which is no less secret.</summary>
    public SubstitutedText Part(string text) => this with { Text = text, ShownAs = IsSecret ? Shown : null };
}
