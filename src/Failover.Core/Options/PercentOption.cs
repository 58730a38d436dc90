using System.Globalization;

namespace Failover.Abstractions;

/// <summary>An option that is a part of a hundred.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">The default in words.</param>
public sealed record PercentOption(string Name, string Meaning, string Default) : ScalarOption(Name, Meaning)
{
    private const double Whole = 100;

    /// <inheritdoc/>
    public override string Accepted => "a percentage over 0, up to 100";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    /// <summary>The given percentage, checked.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a number, or out of range.</exception>
    public double Check(double given) =>
        IsWithin(given) ? given : throw Refuse(given.ToString(CultureInfo.InvariantCulture));

    /// <summary>A number, with a percent sign or without.</summary>
    internal override Parsed Parse(string text) =>
        double.TryParse(
            text.EndsWith('%') ? text[..^1] : text,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out double percent
        ) && IsWithin(percent)
            ? new(percent)
            : Parsed.Refused();

    internal override string Text(object value) => ((double)value).ToString(CultureInfo.InvariantCulture);

    private static bool IsWithin(double percent) => percent is > 0 and <= Whole;
}
