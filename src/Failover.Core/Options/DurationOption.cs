namespace Failover.Abstractions;

/// <summary>An option that is a duration.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Fallback">The value where none is given; null where <paramref name="FallbackText"/> says what happens.</param>
/// <param name="FallbackText">The default in words where it is not one value.</param>
public sealed record DurationOption(string Name, string Meaning, TimeSpan? Fallback = null, string? FallbackText = null)
    : ScalarOption(Name, Meaning)
{
    /// <summary>The shortest accepted: 1 ms, the grain of the runtime's timers.</summary>
    public static TimeSpan Shortest { get; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest accepted: 30 days; a timer of the runtime ends at 49.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(30);

    /// <summary>The longest that this option accepts.</summary>
    public TimeSpan Most { get; init; } = Longest;

    /// <inheritdoc/>
    public override string Accepted => $"a duration from {Units.Text(Shortest)} to {Units.Text(Most)}";

    /// <inheritdoc/>
    public override string? Default => Fallback is { } value ? Units.Text(value) : FallbackText;

    /// <summary>The given value or the default, checked.</summary>
    /// <exception cref="ArgumentException">Out of range, or missing where it is required.</exception>
    public TimeSpan Check(TimeSpan? given) =>
        (given ?? Fallback) switch
        {
            null => throw Refuse(null),
            { } value when value < Shortest || value > Most => throw Refuse(Units.Text(value)),
            { } value => value,
        };

    /// <summary>The given value, checked; null where none is given.</summary>
    /// <exception cref="ArgumentException">Out of range.</exception>
    public TimeSpan? CheckIfGiven(TimeSpan? given) => given is null ? null : Check(given);

    internal override Parsed Parse(string text) =>
        DurationText.Parse(text) switch
        {
            { Value: TimeSpan value } when value < Shortest => Parsed.Refused("which is too short"),
            { Value: TimeSpan value } when value > Most => Parsed.Refused("which is too long"),
            var parsed => parsed,
        };

    internal override string Text(object value) => DurationText.Exact((TimeSpan)value);
}
