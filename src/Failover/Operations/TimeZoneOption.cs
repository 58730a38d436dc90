namespace Failover;

/// <summary>An option that is a time zone by its name in the IANA database.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
internal sealed record TimeZoneOption(string Name, string Meaning) : ScalarOption(Name, Meaning)
{
    private const string Utc = "UTC";

    public override string Accepted => "the name of a time zone, as Europe/Berlin";

    public override string? Default => Utc;

    /// <summary>The given zone or the default, checked.</summary>
    /// <exception cref="ArgumentException">An unknown zone.</exception>
    public string Check(string? given)
    {
        string id = given ?? Utc;
        Parsed parsed = Parse(id);
        string flaw = parsed.Flaw.Length > 0 ? $", {parsed.Flaw}" : "";
        string meant = parsed.Meant is null ? "" : $" (did you mean {parsed.Meant}?)";
        return parsed.IsValue ? id : throw Refuse($"{Printable.Quoted(id)}{flaw}{meant}");
    }

    /// <summary>The zone of a name that has been checked.</summary>
    public static TimeZoneInfo Find(string id) =>
        id == Utc ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(id);

    internal override Parsed Parse(string text)
    {
        if (text == Utc)
        {
            return new(text);
        }

        // Not by the names that Windows has: they are found only where ICU is installed.
        if (TimeZoneInfo.TryFindSystemTimeZoneById(text, out TimeZoneInfo? zone) && zone.HasIanaId)
        {
            return new(text);
        }

        string[] known = [.. TimeZoneInfo.GetSystemTimeZones().Select(one => one.Id)];
        return known.Length <= 1
            ? Parsed.Refused("and this machine has no time zones installed (tzdata): UTC alone can be used")
            : Parsed.Refused("which is unknown", Spelling.Nearest(text, known));
    }

    internal override string Text(object value) => EscapedText.Of((string)value);
}
