namespace Failover;

/// <summary>A text of the file with its secrets put in.</summary>
/// <param name="Text">What is meant.</param>
/// <param name="Shown">What an error calls it: in quotes, or <c>the value of ${env:PORT}</c>.</param>
/// <param name="At">Its position.</param>
/// <param name="IsSecret">Whether some of it came from outside the file.</param>
internal readonly record struct SubstitutedText(string Text, string Shown, Position At, bool IsSecret)
{
    /// <summary>A part of it, which is no less secret.</summary>
    public SubstitutedText Part(string text) =>
        this with
        {
            Text = text,
            Shown = IsSecret ? Shown : Printable.Quoted(text),
        };
}
