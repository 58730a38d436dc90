namespace Failover.Abstractions;

/// <summary>An option that is a text of a certain form, as a URL or the name of a header.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Accepted">The form, in words.</param>
/// <param name="Example">A text of that form.</param>
/// <param name="FlawOf">What is wrong with a text, as the end of a sentence that names it; empty where what is accepted says it all;
/// null where nothing is.</param>
/// <param name="Default">The default in words; null where the option is required.</param>
public sealed record FormattedOption(
    string Name,
    string Meaning,
    string Accepted,
    string Example,
    Func<string, string?> FlawOf,
    string? Default = null
) : ScalarOption(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted { get; } = Accepted;

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    /// <inheritdoc/>
    public override bool IsSecret => IsConcealed;

    /// <summary>Sets <see cref="IsSecret"/>.</summary>
    public bool IsConcealed { get; init; }

    /// <summary>The given text, checked.</summary>
    /// <exception cref="ArgumentException">Missing, or of another form.</exception>
    public string Check(string? given) =>
        given is null ? throw Refuse(null)
        : FlawOf(given) is not { } flaw ? given
        : throw Refuse((IsSecret ? "of another form" : Printable.Quoted(given)) + (flaw.Length > 0 ? $", {flaw}" : ""));

    /// <summary>The given text, checked; null where none is given.</summary>
    /// <exception cref="ArgumentException">Of another form.</exception>
    public string? CheckIfGiven(string? given) => given is null ? null : Check(given);

    // The text itself: what is shown of it is escaped.
    internal override bool Takes(object value) => FlawOf((string)value) is null;

    internal override Parsed Parse(string text) => FlawOf(text) is { } flaw ? Parsed.Refused(flaw) : new(text);

    internal override string Text(object value) => EscapedText.Of((string)value);
}
