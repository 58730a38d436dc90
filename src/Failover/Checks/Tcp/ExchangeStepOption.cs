namespace Failover.Abstractions;

/// <summary>An option that is a step of an exchange.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
public sealed record ExchangeStepOption(string Name, string Meaning) : ScalarOption(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted =>
        @"send TEXT, expect TEXT or match REGEX, with \r, \n, \t, \0, \\ and \xHH in TEXT for bytes";

    /// <inheritdoc/>
    public override string? Default => null;

    internal override Parsed Parse(string text)
    {
        ExchangeStep step = text;
        return step.Flaw is { } flaw ? Parsed.Refused(flaw) : new(step);
    }

    // The text itself: what is shown of it is escaped.
    internal override bool Takes(object value) => ((ExchangeStep)value).Flaw is null;

    internal override string FileText(object value) => ((ExchangeStep)value).ToString();

    internal override string Text(object value) => EscapedText.Of(((ExchangeStep)value).ToString());
}
