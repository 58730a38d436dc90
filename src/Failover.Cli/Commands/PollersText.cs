using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>Who polls and what was refused, for people.</summary>
internal static class PollersText
{
    /// <summary>A row for each poller, and one for each refused request, the newest first.</summary>
    public static IEnumerable<Line> Lines(PollersDocument pollers)
    {
        yield return "Polls";
        foreach (Line line in Table(["LAST", "NAME", "ADDRESS", "AGENT", "POLLS", "ANSWERED"], pollers.Pollers, Row))
        {
            yield return line;
        }

        yield return Line.Empty;
        yield return "Refused";
        foreach (Line line in Table(["LAST", "ADDRESS", "AGENT", "TIMES", "STATUS", "REQUEST"], pollers.Refused, Row))
        {
            yield return line;
        }
    }

    private static IEnumerable<Line> Table<T>(
        ImmutableArray<string> headings,
        ImmutableArray<T> entries,
        Func<T, ImmutableArray<Cell>> row
    ) => entries.IsEmpty ? ["none since the daemon started"] : new Grid(headings, [.. entries.Select(row)]).Lines();

    private static ImmutableArray<Cell> Row(PollerEntry one) =>
        [
            TimeText.Text(one.Last),
            Cell.Escaped(one.Component, Tone.Strong),
            Cell.Escaped(one.Address),
            Agent(one.Agent),
            one.Polls.ToString(CultureInfo.InvariantCulture),
            Answered(one),
        ];

    private static ImmutableArray<Cell> Row(RefusedEntry one) =>
        [
            TimeText.Text(one.Last),
            Cell.Escaped(one.Address),
            Agent(one.Agent),
            one.Times.ToString(CultureInfo.InvariantCulture),
            new(one.Status.ToString(CultureInfo.InvariantCulture), Tone.Error),
            Cell.Escaped(one.Request),
        ];

    private static Cell Agent(string agent) => agent.Length > 0 ? Cell.Escaped(agent) : new("-", Tone.Faint);

    // A poller whose timeout is shorter than an evaluation takes is down whatever is answered.
    private static Cell Answered(PollerEntry one) =>
        one.Unanswered == 0 && one.Answered is { } state
            ? Cell.Of(state)
            : new(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{one.Answered?.Word() ?? "nothing"}; gone before the answer {one.Unanswered} times"
                ),
                Tone.Error
            );
}
