namespace Failover;

/// <summary>Which windows are open, on a clock that a test moves and sets.</summary>
public sealed class MaintenanceScheduleTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly List<string> said = [];
    private readonly MaintenanceSchedule schedule;
    private string last = "";

    public MaintenanceScheduleTests() => schedule = new(time, Note);

    // The clock stands at 2026-01-01 00:00 UTC.
    [Fact]
    public void Windows_open_and_close_on_time()
    {
        schedule.All = [new("a", Minute(30), cron: "0 1 * * *"), new("b", Hour(2), cron: "15 1 * * *")];

        Changes(Hour(4)).ShouldBe(["00:00 none", "01:00 a", "01:15 a b", "01:30 b", "03:15 none"]);
    }

    [Fact]
    public void One_that_is_open_already_is_open_at_once()
    {
        schedule.All = [new("a", Hour(2), cron: "0 23 * * *")];

        Changes(Hour(2)).ShouldBe(["00:00 a", "01:00 none"]);
    }

    [Fact]
    public void A_wall_clock_that_is_set_is_noticed_within_a_minute()
    {
        schedule.All = [new("a", Hour(1), cron: "0 3 * * *")];
        time.Advance(Second(30));

        // Forward, into the window.
        time.WallClock += Hour(3);
        Changes(Minute(1)).ShouldBe(["00:00 none", "03:01 a"]);
        // Back, before it.
        time.WallClock -= Hour(2);
        Changes(Minute(1)).ShouldBe(["01:02 none"]);
        // Forward, past it: it is never seen.
        time.WallClock += Hour(4);
        Changes(Minute(1)).ShouldBeEmpty();
    }

    [Fact]
    public void Another_list_takes_its_place_at_once()
    {
        schedule.All = [new("a", Hour(1), cron: "0 0 * * *")];
        schedule.All = [new("b", Hour(1), cron: "0 0 * * *")];
        schedule.All = [];

        Changes(Hour(1)).ShouldBe(["00:00 a", "00:00 b", "00:00 none"]);
        time.TimerCount.ShouldBe(0);
    }

    [Fact]
    public void Between_windows_it_wakes_once_a_minute()
    {
        schedule.All = [new("a", Hour(1), cron: "0 3 * * *"), new("b", Hour(1), cron: "0 5 * * *")];
        said.Clear();

        time.Advance(Hour(1));

        said.Count.ShouldBe(60);
        time.TimerCount.ShouldBe(1);
    }

    public void Dispose() => schedule.Dispose();

    private void Note(IReadOnlyList<MaintenanceWindow> open)
    {
        string names = open.Count == 0 ? "none" : string.Join(' ', open.Select(window => window.Name));
        said.Add(FormattableString.Invariant($"{time.GetUtcNow():HH:mm} {names}"));
    }

    // What was said until then, where it was not said before.
    private string[] Changes(TimeSpan within)
    {
        time.Advance(within);
        List<string> changes = [];
        foreach (string line in said)
        {
            if (line[6..] != last)
            {
                last = line[6..];
                changes.Add(line);
            }
        }

        said.Clear();
        return [.. changes];
    }
}
