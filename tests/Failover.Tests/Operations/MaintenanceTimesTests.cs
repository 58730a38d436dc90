using System.Globalization;

namespace Failover;

/// <summary>When windows open and close, by the clocks of a time zone.</summary>
public sealed class MaintenanceTimesTests
{
    [Fact]
    public void A_window_is_open_from_its_first_moment_on_up_to_but_without_its_last()
    {
        MaintenanceTimes times = new(new("backup", Hour(1), cron: "0 3 * * 0"));

        times.WindowAt(At("2026-12-06T02:59:59.9999999Z")).ShouldBeNull();
        times.WindowAt(At("2026-12-06T03:00:00Z"))!.Until.ShouldBe(At("2026-12-06T04:00:00Z"));
        times.WindowAt(At("2026-12-06T03:59:59.9999999Z"))!.From.ShouldBe(At("2026-12-06T03:00:00Z"));
        times.WindowAt(At("2026-12-06T04:00:00Z")).ShouldBeNull();
        times.NextAfter(At("2026-12-06T03:00:00Z")).ShouldBe(At("2026-12-13T03:00:00Z"));
    }

    [Fact]
    public void A_start_makes_one_window()
    {
        MaintenanceTimes times = new(
            new("move", Hour(2), start: new(2026, 12, 1, 22, 0, 0), timeZone: "Europe/Berlin")
        );

        times.NextAfter(At("2026-11-01T00:00:00Z")).ShouldBe(At("2026-12-01T21:00:00Z"));
        times.IsOver(At("2026-12-01T22:59:59Z")).ShouldBeFalse();
        times.IsOver(At("2026-12-01T23:00:00Z")).ShouldBeTrue();
        times.EndOfOnlyOne.ShouldBe(At("2026-12-01T23:00:00Z"));
    }

    // Berlin: 2026-03-29 02:00 -> 03:00 (01:00 UTC), 2026-10-25 03:00 -> 02:00 (01:00 UTC). Sydney: 2026-04-05 03:00 -> 02:00 (16:00 UTC the
    // day before), 2026-10-04 02:00 -> 03:00 (16:00 UTC the day before).
    [Theory]
    // A time of day that the clocks skip: the first moment after.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T01:00Z 2026-03-30T00:30Z")]
    [InlineData("30 2 * * *", "Australia/Sydney", "2026-10-03T00:00Z", "2026-10-03T16:00Z 2026-10-04T15:30Z")]
    // One that they show twice: the first time.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", "2026-10-25T00:30Z 2026-10-26T01:30Z")]
    [InlineData("30 2 * * *", "Australia/Sydney", "2026-04-04T00:00Z", "2026-04-04T15:30Z 2026-04-05T16:30Z")]
    // What comes again and again comes in both hours, and not in one that is skipped.
    [InlineData(
        "0 */1 * * *",
        "Europe/Berlin",
        "2026-10-24T23:30Z",
        "2026-10-25T00:00Z 2026-10-25T01:00Z 2026-10-25T02:00Z"
    )]
    [InlineData("0 */1 * * *", "Australia/Sydney", "2026-10-03T14:30Z", "2026-10-03T15:00Z 2026-10-03T16:00Z")]
    public void An_hour_that_is_skipped_or_comes_twice_begins_no_window_too_many(
        string cron,
        string zone,
        string from,
        string begins
    )
    {
        MaintenanceTimes times = new(new("backup", Minute(10), cron, timeZone: zone));
        string[] expected = begins.Split(' ');

        DateTimeOffset at = At(from);
        string[] found =
        [
            .. expected.Select(_ =>
                (at = times.NextAfter(at)!.Value).ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture)
            ),
        ];

        found.ShouldBe(expected);
    }

    [Theory]
    [InlineData("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00Z")]
    [InlineData("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30Z")]
    [InlineData("2026-10-04T02:30", "Australia/Sydney", "2026-10-03T16:00Z")]
    [InlineData("2026-04-05T02:30", "Australia/Sydney", "2026-04-04T15:30Z")]
    [InlineData("2028-02-29T23:59", "Australia/Sydney", "2028-02-29T12:59Z")]
    public void A_start_follows_the_same_rule(string start, string zone, string begins) =>
        new MaintenanceTimes(
            new("move", Hour(1), start: DateTime.Parse(start, CultureInfo.InvariantCulture), timeZone: zone)
        )
            .NextAfter(At("2026-01-01T00:00Z"))
            .ShouldBe(At(begins));

    [Theory]
    [InlineData("0 1 * * *", "Europe/Berlin", "2026-03-29T00:00Z")]
    [InlineData("0 1 * * *", "Europe/Berlin", "2026-10-24T23:00Z")]
    [InlineData("0 1 * * *", "Australia/Sydney", "2026-10-03T15:00Z")]
    [InlineData("0 1 * * *", "Australia/Sydney", "2026-04-04T14:00Z")]
    public void A_window_across_the_change_lasts_its_duration_in_real_time(string cron, string zone, string begins)
    {
        MaintenanceTimes times = new(new("backup", Hour(4), cron, timeZone: zone));

        times.WindowAt(At(begins) + Hour(3.99))!.From.ShouldBe(At(begins));
        times.WindowAt(At(begins) + Hour(4)).ShouldBeNull();
    }

    [Theory]
    // The day on which the clocks are put forward has 23 hours.
    [InlineData("0 0 * * *", "Europe/Berlin", 23)]
    [InlineData("0 0 * * *", "UTC", 24)]
    // From the 31st to the 1st it is a day.
    [InlineData("0 0 1,31 * *", "UTC", 24)]
    [InlineData("0 0 29 2 *", "UTC", 24 * 1461)]
    [InlineData("0 9,17 * * 1-5", "UTC", 8)]
    public void Windows_that_would_meet_are_told_by_the_shortest_time_between_two(string cron, string zone, int hours)
    {
        MaintenanceTimes.GapWithin(TimeSpan.FromHours(hours), cron, zone).ShouldBe(TimeSpan.FromHours(hours));
        MaintenanceTimes.GapWithin(TimeSpan.FromHours(hours) - Second(1), cron, zone).ShouldBeNull();
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
