using System.Globalization;

namespace Failover;

/// <summary>An option that is a moment by the clocks of some time zone: <c>2026-12-01T22:00</c>.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">The default in words.</param>
internal sealed record LocalTimeOption(string Name, string Meaning, string Default) : ScalarOption(Name, Meaning)
{
    private const string Seconds = "yyyy-MM-dd'T'HH:mm:ss";
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm",
        Seconds,
        "yyyy-MM-dd HH:mm",
        "yyyy-MM-dd HH:mm:ss",
    ];

    // Of what is before, nobody wants to plan anything; and no zone takes these out of what a date can be.
    private const int FirstYear = 2000;
    private const int LastYear = 2099;

    public override string Accepted =>
        FormattableString.Invariant(
            $"a date and a time of the years {FirstYear} to {LastYear} without a zone, as 2026-12-01T22:00"
        );

    public override string? Default { get; } = Default;

    /// <summary>The given time, checked; null where none is given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One with a zone of its own, with a part of a second, or out of range.</exception>
    public DateTime? Check(DateTime? given) =>
        given is null or { Kind: DateTimeKind.Unspecified, Year: >= FirstYear and <= LastYear }
        && given?.Ticks % TimeSpan.TicksPerSecond is null or 0
            ? given
            : throw Refuse(string.Create(CultureInfo.InvariantCulture, $"{given:O}"));

    internal override Parsed Parse(string text) =>
        DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime time)
        && time.Year is >= FirstYear and <= LastYear
            ? new(time)
            : Parsed.Refused();

    internal override string Text(object value) => ((DateTime)value).ToString(Seconds, CultureInfo.InvariantCulture);
}
