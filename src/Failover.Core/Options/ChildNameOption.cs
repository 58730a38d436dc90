namespace Failover.Abstractions;

/// <summary>The name of one of several tasks: a part of the paths of what stands below it.</summary>
public sealed record ChildNameOption() : ScalarOption("name", "what the task is called")
{
    /// <inheritdoc/>
    public override string Accepted => "a name of letters, digits, - and _";

    /// <inheritdoc/>
    public override string? Default => null;

    internal override Parsed Parse(string text) =>
        text.Length > 0 && text.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_')
            ? new(text)
            : Parsed.Refused();

    internal override string Text(object value) => (string)value;
}
