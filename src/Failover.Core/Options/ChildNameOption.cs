namespace Failover.Abstractions;

/// <summary>The name of one of several tasks: a part of the paths of what stands below it.</summary>
public sealed record ChildNameOption() : ScalarOption("name", "what the task is called")
{
    /// <inheritdoc/>
    public override string Accepted => "a name of letters, digits, - and _";

    /// <inheritdoc/>
    public override string? Default => null;

    /// <summary>The given name, checked.</summary>
    /// <exception cref="ArgumentException">None, or one with other letters.</exception>
    public string Check(string? given) => given is not null && IsName(given) ? given : throw Refuse(given ?? "none");

    internal override Parsed Parse(string text) => IsName(text) ? new(text) : Parsed.Refused();

    private static bool IsName(string text) =>
        text.Length > 0 && text.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_');

    internal override string Text(object value) => (string)value;
}
