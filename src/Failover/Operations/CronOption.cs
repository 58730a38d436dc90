using Cronos;

namespace Failover;

/// <summary>An option that says, as a cron expression, when something begins again and again.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">The default in words.</param>
internal sealed record CronOption(string Name, string Meaning, string Default) : ScalarOption(Name, Meaning)
{
    private const string LibraryPreamble = "The given cron expression has an invalid format. ";

    // Any moment: an expression that says the 31st of February has no occurrence after it.
    private static readonly DateTime Early = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public override string Accepted =>
        "a cron expression of minute, hour, day of the month, month and day of the week, as 0 3 * * 0 for Sundays at 3";

    public override string? Default { get; } = Default;

    /// <summary>The given text, checked; null where none is given.</summary>
    /// <exception cref="ArgumentException">No expression, or one that never occurs.</exception>
    public string? Check(string? given) =>
        given is null ? null
        : Parse(given) is { IsValue: false, Flaw: var flaw } ? throw Refuse($"{Printable.Quoted(given)}, {flaw}")
        : given;

    internal override Parsed Parse(string text)
    {
        try
        {
            return CronExpression.Parse(text).GetNextOccurrence(Early) is null
                ? Parsed.Refused("which never occurs")
                : new(text);
        }
        catch (CronFormatException refusal)
        {
            string why = refusal.Message.Replace(LibraryPreamble, "", StringComparison.Ordinal).TrimEnd('.');
            return Parsed.Refused($"which is malformed: {why}");
        }
    }

    internal override string Text(object value) => EscapedText.Of((string)value);
}
