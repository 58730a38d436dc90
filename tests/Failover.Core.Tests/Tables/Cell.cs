namespace Failover;

/// <summary>One cell of a <see cref="DecisionTable"/>: <c>F</c>, <c>F@60s</c>, <c>F=</c>, <c>F&lt;</c>.</summary>
/// <param name="Text">The cell as it is written.</param>
/// <param name="What">What happens: <c>O</c>, <c>F</c>, <c>E</c>, or what else the row's reader knows.</param>
/// <param name="IsAgain"><c>=</c>: the observation before this one, read again.</param>
/// <param name="IsEarly"><c>&lt;</c>: a look that began before the newest fresh start.</param>
/// <param name="At"><c>@60s</c>: when; left out, 1 s after the cell before.</param>
internal sealed record Cell(string Text, string What, bool IsAgain, bool IsEarly, Instant At)
{
    public static Cell Parse(string text, Instant previous)
    {
        string[] halves = text.Split('@');
        string mark = halves[0].TrimEnd('=', '<');
        Instant at = halves.Length == 1 ? previous + Second(1) : new Instant(TableWords.Duration(halves[1]));
        return new(text, mark, halves[0].Contains('='), halves[0].Contains('<'), at);
    }
}
