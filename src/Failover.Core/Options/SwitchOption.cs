namespace Failover.Abstractions;

/// <summary>An option that is on or off.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does where it is on.</param>
/// <param name="Fallback">The value where none is given.</param>
public sealed record SwitchOption(string Name, string Meaning, bool Fallback = false) : ScalarOption(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "true or false";

    /// <inheritdoc/>
    public override string? Default => Text(Fallback);

    internal override Parsed Parse(string text) => Parsed.OneOf(text, [("true", true), ("false", false)]);

    internal override string Text(object value) => (bool)value ? "true" : "false";
}
