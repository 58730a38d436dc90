namespace Failover.Abstractions;

/// <summary>An option that is the path of a file. In a configuration file, a relative path begins at the folder of that file.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What the file is.</param>
/// <param name="Default">What happens where none is given, in words; null where the option is required.</param>
public sealed record PathOption(string Name, string Meaning, string? Default = null) : Option(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "the path of a file";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    /// <summary>The given path, checked.</summary>
    /// <exception cref="ArgumentException">Missing, empty, blank, or with a NUL.</exception>
    public string Check(string? given) => CheckIfGiven(given) ?? throw Refuse(null);

    /// <summary>The given path, checked; null where none is given.</summary>
    /// <exception cref="ArgumentException">Empty, blank, or with a NUL.</exception>
    public string? CheckIfGiven(string? given) =>
        given is null || (!string.IsNullOrWhiteSpace(given) && !given.Contains('\0', StringComparison.Ordinal))
            ? given
            : throw Refuse(Printable.Quoted(given));

    internal override string Text(object value) => EscapedText.Of((string)value);
}
