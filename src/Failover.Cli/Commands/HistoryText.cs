using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>What has happened, for people: what <c>failover history</c> shows.</summary>
internal static class HistoryText
{
    /// <summary>A row for each transition and POST, the newest last.</summary>
    public static IEnumerable<Line> Lines(HistoryDocument history)
    {
        ImmutableArray<(DateTimeOffset At, ImmutableArray<Cell> Row)> rows =
        [
            // The lists begin with the newest: reversed, what is of one moment stays in its order.
            .. history
                .Transitions.Reverse()
                .Select(moved => (moved.At, Row(moved)))
                .Concat(history.Posts.Reverse().Select(post => (post.At, Row(post))))
                .OrderBy(row => row.At),
        ];
        return rows.IsEmpty
            ? ["no entries"]
            : new Grid(["TIME", "NAME", "WHAT", "WHY"], [.. rows.Select(row => row.Row)]).Lines();
    }

    /// <summary>The same of one component, and a row for each minute or hour, the newest last.</summary>
    public static IEnumerable<Line> Lines(ComponentHistoryDocument history)
    {
        IEnumerable<Line> happened = Lines(new HistoryDocument(history.Transitions, history.Posts));
        return history.Latency is { RollUps.IsEmpty: false } latency
            ? [.. happened, Line.Empty, .. Lines(latency)]
            : happened;
    }

    private static IEnumerable<Line> Lines(LatencyDocument latency) =>
        new Grid(
            [latency.By.ToUpperInvariant(), "OBSERVED", "OK", "FAIL", "ERROR", "PROBES", "P50", "P99", "MAX"],
            [.. latency.RollUps.Reverse().Select(Row)]
        ).Lines();

    private static ImmutableArray<Cell> Row(LatencyEntry one) =>
        [
            one.From.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
            Time(one.Observed, Tone.Plain),
            Time(one.Ok, Tone.Ok),
            Time(one.Fail, Tone.Fail),
            Time(one.Error, Tone.Error),
            one.Probes.ToString(CultureInfo.InvariantCulture),
            Latency(one.P50),
            Latency(one.P99),
            Latency(one.Max),
        ];

    private static Cell Time(TimeSpan time, Tone tone) =>
        time == TimeSpan.Zero ? new("-", Tone.Faint) : new(ExplanationText.Rounded(time), tone);

    private static Cell Latency(TimeSpan? took) =>
        took is { } time ? PhaseTimes.Rounded(time) : new Cell("-", Tone.Faint);

    private static ImmutableArray<Cell> Row(HistoryTransition moved) =>
        [
            TimeText.Text(moved.At),
            Cell.Escaped(moved.Component, Tone.Strong),
            Cell.Of(moved.To) with
            {
                Text = $"{moved.From.Word()} -> {moved.To.Word()}",
            },
            Cell.Escaped(Why(moved)),
        ];

    private static string Why(HistoryTransition moved) =>
        moved.FirstContrary is { } first && TimeText.Text(first.At) != TimeText.Text(moved.At)
            ? $"{moved.Reason}; since {FirstTime(first, moved)}: {first.Reason}"
            : moved.Reason;

    private static string FirstTime(HistoryFirstContrary first, HistoryTransition moved) =>
        first.At.UtcDateTime.Date == moved.At.UtcDateTime.Date
            ? first.At.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)
            : TimeText.Text(first.At);

    private static ImmutableArray<Cell> Row(HistoryPost post) =>
        [
            TimeText.Text(post.At),
            Cell.Escaped(post.Component, Tone.Strong),
            What(post.Outcome),
            Cell.Escaped(
                $"by {post.User ?? "nobody"} from {post.Source}{(post.Outcome == Answer.Armed.Text ? "" : $": {post.Outcome}")}"
            ),
        ];

    private static Cell What(string outcome) =>
        outcome == Answer.Armed.Text ? new Cell("reset", Tone.Ok)
        : outcome.StartsWith("override ", StringComparison.Ordinal) ? "override"
        : Answer.IsDone(outcome) ? "done"
        : new Cell("reset tried", Tone.Error);
}
