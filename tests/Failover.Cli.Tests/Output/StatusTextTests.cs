namespace Failover;

public sealed class StatusTextTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly StatusDocument Status = new(
        "0.1.0",
        Noon,
        Minute(90),
        new("/etc/failover/failover.yaml", Noon, Error: null, []),
        new("sqlite", "/var/lib/failover/state.db", Problem: null),
        [
            new("mail", Fail, "latched: refused", Noon + Minute(30), IsLatched: true, CanReset: true, "toggle(…)")
            {
                LastProbe = Noon + Minute(30),
            },
            new("mail-u5", Fail, "", Noon + Hour(2), IsLatched: true, CanReset: false, "toggle(…)")
            {
                LastProbe = Noon + Minute(90) - Second(7),
                NextProbe = Noon + Minute(90) + Second(3),
                FreshState = Ok,
            },
            new("relay", Fail, "latched: timed out", Noon + Minute(30), IsLatched: true, CanReset: true, "toggle(…)")
            {
                LastProbe = Noon + Minute(90) - Second(60),
                NextProbe = Noon + Minute(90) - Second(1),
                FreshState = Ok,
            },
            new("tls", Ok, "expires in 3 days", Noon, IsLatched: false, CanReset: false, "tls(…)")
            {
                HasWarning = true,
            },
            new("web", Error, "stale\u0007", Since: null, IsLatched: false, CanReset: false, "tcp(web:80)"),
        ]
    );

    [Fact]
    public void Components_are_reported_in_a_table() =>
        Text(StatusText.Table(Status).Lines())
            .ShouldBe(
                """
                NAME     STATE         SINCE      LAST PROBE  NEXT        LATCH                         REASON
                mail     fail          1h ago     1h ago      on request  can be reset                  latched: refused
                mail-u5  fail          0s ago     7s ago      in 3s       latched, check ok again
                relay    fail          1h ago     1m ago      now         check ok again, can be reset  latched: timed out
                tls      ok (warning)  1h30m ago  never       on request                                expires in 3 days
                web      error                    never       on request                                stale\u0007
                """
            );

    [Fact]
    public void A_daemon_that_is_well_says_so_in_few_lines()
    {
        Text(StatusText.Lines(Status))
            .ShouldBe(
                """
                failover 0.1.0, up 1h30m
                configuration: /etc/failover/failover.yaml, loaded 2026-03-01 12:00:00 UTC
                state: /var/lib/failover/state.db
                """
            );
        Text(StatusText.Lines(Status with { StateStore = new("memory", null, null) })).ShouldEndWith("\nstate: memory");
    }

    [Fact]
    public void A_maintenance_window_is_said_once_with_its_components()
    {
        MaintenanceDocument backup = new(
            "backup",
            "judged",
            "",
            Noon,
            Noon + Hour(2),
            HasYielded: false,
            Beneath: null
        );
        StatusDocument maintained = Status with
        {
            Components =
            [
                .. Status.Components.Select(
                    (component, index) =>
                        component with
                        {
                            Maintenance =
                                index < 2 ? backup
                                : index == 2 ? backup with { State = "hold", HasYielded = true }
                                : null,
                        }
                ),
            ],
        };

        Text(StatusText.Lines(maintained))
            .ShouldEndWith(
                """

                maintenance of mail, mail-u5: backup, served as judged until 2026-03-01 14:00:00 UTC
                maintenance of relay: backup, hold yielded to a latch, until 2026-03-01 14:00:00 UTC
                """
            );
    }

    [Fact]
    public void Routes_that_are_not_taken_and_what_was_given_up_are_said()
    {
        NotificationRouteStatus well = new("well", "webhook at a", 2, 3, 1, 0, 0, Problem: null);
        StatusDocument failing = Status with
        {
            Notifications =
            [
                well,
                well with
                {
                    Name = "ops",
                    Problem = "status 500",
                },
                well with
                {
                    Name = "night",
                    Problem = "refused\u0007",
                    GivenUp = 2,
                },
                well with
                {
                    Name = "old",
                    GivenUp = 1,
                },
            ],
        };

        Text(StatusText.Lines(failing))
            .ShouldEndWith(
                """

                notifications on ops: not taken: status 500
                notifications on night: not taken: refused\u0007; 2 given up: failover notify resend night
                notifications on old: 1 given up: failover notify resend old
                """
            );
    }

    [Fact]
    public void Everything_that_is_wrong_is_said()
    {
        StatusDocument wrong = Status with
        {
            Configuration = Status.Configuration with
            {
                Error = "failover.yaml:14:7: unknown key \"intervall\"\n  did you mean \"interval\"?\n",
                Pending = ["listen: 8080 is now 8081"],
            },
            StateStore = Status.StateStore with { Problem = "no space left on device" },
            Components =
            [
                .. Enumerable
                    .Range(1, 7)
                    .Select(number =>
                        Status.Components[0] with
                        {
                            Name = $"m{number}",
                            PostProblem = "users: it is bad",
                        }
                    ),
                Status.Components[1] with
                {
                    PostProblem = "others: it is bad",
                    LatchProblem = "no POST resets it",
                },
                Status.Components[^1] with
                {
                    LatchProblem = "no POST resets it",
                },
            ],
        };

        Text(StatusText.Lines(wrong))
            .ShouldBe(
                """
                failover 0.1.0, up 1h30m
                configuration: /etc/failover/failover.yaml, loaded 2026-03-01 12:00:00 UTC
                not reloaded: failover.yaml:14:7: unknown key "intervall"
                not reloaded:   did you mean "interval"?
                needs a restart: listen: 8080 is now 8081
                state: /var/lib/failover/state.db
                state: no space left on device
                POST of m1, m2, m3, m4, m5 and 2 more: 503: users: it is bad
                POST of mail-u5: 503: others: it is bad
                latch of mail-u5, web: no POST resets it
                """
            );
    }

    private static string Text(IEnumerable<Line> lines) => string.Join('\n', lines.Select(line => line.Text));
}
