using System.Globalization;

namespace Failover.Abstractions;

/// <summary>An option that is a whole number.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">The default in words; null where the option is required.</param>
public sealed record CountOption(string Name, string Meaning, string? Default = null) : ScalarOption(Name, Meaning)
{
    /// <summary>The smallest accepted.</summary>
    public static int Smallest { get; } = 1;

    /// <summary>The largest accepted.</summary>
    public static int Largest { get; } = 1000;

    /// <inheritdoc/>
    public override string Accepted =>
        string.Create(CultureInfo.InvariantCulture, $"a number from {Smallest} to {Largest}");

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    /// <summary>The given number, checked.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int Check(int given) => given >= Smallest && given <= Largest ? given : throw Refuse(given);

    internal override Parsed Parse(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count)
        && count >= Smallest
        && count <= Largest
            ? new(count)
            : Parsed.Refused();

    internal override string Text(object value) => ((int)value).ToString(CultureInfo.InvariantCulture);
}
