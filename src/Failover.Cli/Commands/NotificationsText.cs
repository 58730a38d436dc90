using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>How notifications are delivered, for people.</summary>
internal static class NotificationsText
{
    /// <summary>A row for each route, and below that, where there are any, for each alarm and each notification that was given up.</summary>
    public static IEnumerable<Line> Lines(NotificationsDocument all)
    {
        if (all.Routes.IsEmpty)
        {
            return ["no notifications are configured"];
        }

        IEnumerable<Line> lines = Table(
            ["ROUTE", "RECEIVER", "PENDING", "DELIVERED", "FAILED", "GIVEN UP", "PROBLEM"],
            all.Routes.Select(Row)
        );
        if (!all.Alarms.IsEmpty)
        {
            lines = lines
                .Concat([Line.Empty, "Wrong now"])
                .Concat(Table(["SINCE", "SUBJECT", "SEVERITY", "ROUTES", "REASON"], all.Alarms.Select(Row)));
        }

        if (!all.DeadLetters.IsEmpty)
        {
            lines = lines
                .Concat([Line.Empty, "Given up"])
                .Concat(Table(["AT", "ROUTE", "SUBJECT", "STATUS", "REASON", "FAILURE"], all.DeadLetters.Select(Row)));
        }

        return lines;
    }

    private static IEnumerable<Line> Table(ImmutableArray<string> headings, IEnumerable<ImmutableArray<Cell>> rows) =>
        new Grid(headings, [.. rows]).Lines();

    private static ImmutableArray<Cell> Row(NotificationRouteStatus one) =>
        [
            Cell.Escaped(one.Name, Tone.Strong),
            Cell.Escaped(one.Receiver),
            Number(one.Pending),
            Number(one.Delivered),
            Number(one.FailedAttempts),
            one.GivenUp > 0 ? new(Number(one.GivenUp).Text, Tone.Error) : Number(0),
            Problem(one),
        ];

    private static ImmutableArray<Cell> Row(StandingAlarm one) =>
        [
            TimeText.Text(one.Since),
            Cell.Escaped(one.Subject, Tone.Strong),
            Cell.Escaped(one.Severity),
            Cell.Escaped(string.Join(' ', one.Routes)),
            Cell.Escaped(one.Reason),
        ];

    private static ImmutableArray<Cell> Row(DeadLetter one) =>
        [
            TimeText.Text(one.At),
            Cell.Escaped(one.Route, Tone.Strong),
            Cell.Escaped(one.Subject),
            Cell.Escaped(one.Status),
            Cell.Escaped(one.Reason),
            Cell.Escaped(one.Failure, Tone.Error),
        ];

    private static Cell Problem(NotificationRouteStatus one)
    {
        string dropped =
            one.Dropped > 0 ? FormattableString.Invariant($"{one.Dropped} dropped, as too many were pending") : "";
        string problem = string.Join("; ", new[] { one.Problem ?? "", dropped }.Where(text => text.Length > 0));
        return problem.Length > 0 ? Cell.Escaped(problem, Tone.Error) : new("-", Tone.Faint);
    }

    private static Cell Number(long number) => new(number.ToString(CultureInfo.InvariantCulture));
}
