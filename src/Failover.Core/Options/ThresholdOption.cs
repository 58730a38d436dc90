namespace Failover.Abstractions;

/// <summary>An option that is a threshold.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">The default in words.</param>
public sealed record ThresholdOption(string Name, string Meaning, string Default) : ScalarOption(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "a count of 1 or more, a duration over 0s, or two of them joined by and / or";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    /// <summary>A count or a duration: a joined one takes more than a text.</summary>
    internal override Parsed Parse(string text) => Threshold.Parse(text);

    internal override string Text(object value) => ((Threshold)value).FullText;
}
