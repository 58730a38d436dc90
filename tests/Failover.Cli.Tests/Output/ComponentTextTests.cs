namespace Failover;

public sealed class ComponentTextTests
{
    private static readonly Explanation Tree = new(
        "",
        "toggle",
        Fail,
        "latched: refused",
        IsInCharge: true,
        "moved to fail: refused",
        "latched: a reset (POST) moves it to ok",
        IsRepeated: false,
        [
            new(
                "to_fail",
                "hysteresis(ok after 1, fail after 3)",
                Ok,
                "",
                IsInCharge: false,
                "no contrary observation",
                "",
                IsRepeated: false,
                [new("task", "tcp(mail:25)", Fail, "refused", false, "probed 8s ago, for 1ms", "", false, [])]
            ),
            new("to_ok", "oneshot", Fail, "", true, "waiting", "ok once after a reset (POST)", false, []),
        ]
    );

    private static readonly ComponentDocument Mail = new(
        "mail",
        Fail,
        "latched: refused",
        new(2026, 3, 1, 13, 0, 0, TimeSpan.FromHours(1)),
        "to_ok.fire",
        Second(2),
        "toggle(…)",
        Tree
    );

    [Fact]
    public void One_in_a_maintenance_window_is_reported_with_what_would_be_served_without_it() =>
        Text(
                Mail with
                {
                    Maintenance = new(
                        "backup",
                        "hold",
                        "weekly",
                        new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
                        new(2026, 3, 1, 13, 0, 0, TimeSpan.Zero),
                        HasYielded: false,
                        new(Ok, "connected")
                    ),
                }
            )
            .ShouldContain(
                """

                maintenance: backup, hold until 2026-03-01 13:00:00 UTC: weekly
                without it: ok, connected
                POST: to_ok.fire

                """
            );

    [Fact]
    public void A_component_is_reported_with_its_tree() =>
        Text(Mail)
            .ShouldBe(
                """
                mail: fail since 2026-03-01 12:00:00 UTC, latched: refused
                POST: to_ok.fire
                response deadline: 2s

                fail toggle
                │  why:  latched: refused
                │  seen: moved to fail: refused
                │  next: latched: a reset (POST) moves it to ok
                ├─ to_fail: ok hysteresis(ok after 1, fail after 3), inactive
                │  │  seen: no contrary observation
                │  └─ task: fail tcp(mail:25), inactive
                │        why:  refused
                │        seen: probed 8s ago, for 1ms
                └─ to_ok: fail oneshot
                      seen: waiting
                      next: ok once after a reset (POST)
                """
            );

    [Fact]
    public void An_error_that_is_served_as_another_state_is_told() =>
        Text(
                Mail with
                {
                    OnPost = null,
                    ResponseDeadline = null,
                    OnError = "hold for at most 5m",
                    HandledError = "no descriptors",
                }
            )
            .ShouldStartWith(
                """
                mail: fail since 2026-03-01 12:00:00 UTC, latched: refused
                POST: not allowed
                on error: hold for at most 5m
                state unknown: no descriptors

                """
            );

    [Theory]
    [InlineData(false, false, false, false, null)]
    [InlineData(true, true, true, true, "a reset (POST) ends it")]
    [InlineData(
        true,
        false,
        true,
        true,
        "no reset (POST) ends it now: a reset is pending, or another latch holds it that on_post does not fire"
    )]
    [InlineData(
        true,
        false,
        false,
        true,
        "no reset (POST) ends it: the component needs a toggle with a oneshot in to_ok, its on_post, and a reload"
    )]
    [InlineData(true, false, false, false, "its to_ok ends it, without a reset")]
    public void The_way_to_end_its_latch_is_reported(
        bool isLatched,
        bool canReset,
        bool hasPost,
        bool isAuthorised,
        string? latch
    )
    {
        Snapshot shown = new(Fail, "refused", Since: null, Instant.Never)
        {
            IsLatched = isLatched,
            CanReset = canReset,
        };
        ComponentDocument document = Mail with { Latch = LatchOutlook.Of(shown, hasPost, () => isAuthorised) };

        Text(document)
            .Split('\n')
            .Where(line => line.StartsWith("latch: ", StringComparison.Ordinal))
            .ShouldBe(latch is null ? [] : [$"latch: {latch}"]);
    }

    [Fact]
    public void What_is_not_known_is_left_out() =>
        Text(
                new(
                    "a",
                    Ok,
                    "",
                    Since: null,
                    OnPost: null,
                    ResponseDeadline: null,
                    "tcp(a:1)",
                    new("", "tcp(a:1)", Ok, "", true, "", "", false, [])
                )
            )
            .ShouldBe(
                """
                a: ok
                POST: not allowed

                ok tcp(a:1)
                """
            );

    [Fact]
    public void What_could_drive_a_terminal_is_escaped() =>
        Text(
                Mail with
                {
                    Reason = "\u001b[2J",
                    OnPost = "\u202e",
                    Tree = new("\n", "\t", Ok, "\r", true, "\b", "\0", false, []),
                }
            )
            .ShouldBe(
                """
                mail: fail since 2026-03-01 12:00:00 UTC, \u001b[2J
                POST: \u202e
                response deadline: 2s

                \u000a: ok \u0009
                   why:  \u000d
                   seen: \u0008
                   next: \u0000
                """
            );

    private static string Text(ComponentDocument component) =>
        string.Join('\n', ComponentText.Lines(component).Select(line => line.Text));
}
