namespace Failover;

/// <summary>How notifications are delivered, in text.</summary>
public sealed class NotificationsTextTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Routes_alarms_and_dead_letters_have_a_table_each()
    {
        NotificationsDocument all = new(
            [
                new("ops", "webhook at a", 3, 12, 7, 0, 2, "status 500"),
                new("night", "webhook at b", 10_000, 0, 1, 41, 0, null),
            ],
            [new("id", "/mail", "mail", "critical", Fail, true, "refused", Noon, ["ops", "night"])],
            [new("id", "ops", "firing", "critical", "/mail", "refused", Noon, "status 500\u001b")]
        );

        string.Join('\n', NotificationsText.Lines(all).Select(line => line.Text.TrimEnd()))
            .ShouldBe(
                """
                ROUTE  RECEIVER      PENDING  DELIVERED  FAILED  GIVEN UP  PROBLEM
                ops    webhook at a  3        12         7       2         status 500
                night  webhook at b  10000    0          1       0         41 dropped, as too many were pending

                Wrong now
                SINCE                    SUBJECT  SEVERITY  ROUTES     REASON
                2026-03-01 12:00:00 UTC  /mail    critical  ops night  refused

                Given up
                AT                       ROUTE  SUBJECT  STATUS  REASON   FAILURE
                2026-03-01 12:00:00 UTC  ops    /mail    firing  refused  status 500\u001b
                """
            );
    }
}
