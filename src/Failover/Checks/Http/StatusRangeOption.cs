namespace Failover.Abstractions;

/// <summary>An option that is a status code of HTTP, or a range of them.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
public sealed record StatusRangeOption(string Name, string Meaning) : ScalarOption(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted =>
        $"a status code from {StatusRange.Lowest} to {StatusRange.Highest}, or a range as 200-299";

    /// <inheritdoc/>
    public override string? Default => null;

    internal override Parsed Parse(string text) =>
        (StatusRange)text is { IsValid: true } range ? new(range) : Parsed.Refused();

    internal override string Text(object value) => ((StatusRange)value).ToString();
}
