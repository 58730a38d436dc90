namespace Failover.Abstractions;

/// <summary>An option that is a text for people.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">The text where none is given.</param>
public sealed record TextOption(string Name, string Meaning, string Default) : ScalarOption(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "a text";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    internal override Parsed Parse(string text) => new(text);

    internal override string Text(object value) => EscapedText.Of((string)value);
}
