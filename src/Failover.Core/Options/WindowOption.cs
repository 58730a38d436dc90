using System.Globalization;

namespace Failover.Abstractions;

/// <summary>An option that says how many of the newest observations count, or those of how long. Always required.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
public sealed record WindowOption(string Name, string Meaning) : ScalarOption(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"a number of observations from 1 to {Window.LargestCount}, or a duration up to {Units.Text(DurationOption.Longest)}"
        );

    /// <inheritdoc/>
    public override string? Default => null;

    /// <summary>The given window.</summary>
    /// <exception cref="ArgumentException">None.</exception>
    public Window Check(Window given) => given is { Observations: null, Duration: null } ? throw Refuse(null) : given;

    internal override Parsed Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count))
        {
            return count >= 1 && count <= Window.LargestCount ? new((Window)count) : Parsed.Refused();
        }

        return DurationText.Parse(text) switch
        {
            { Value: TimeSpan duration } when duration > TimeSpan.Zero && duration <= DurationOption.Longest => new(
                (Window)duration
            ),
            { Value: TimeSpan duration } => Parsed.Refused(
                duration > TimeSpan.Zero ? "which is too long" : "which is too short"
            ),
            var parsed => parsed,
        };
    }

    internal override string Text(object value) => ((Window)value).FullText;
}
