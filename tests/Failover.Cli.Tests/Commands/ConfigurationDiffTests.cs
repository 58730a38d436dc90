using System.Collections.Immutable;

namespace Failover;

public sealed class ConfigurationDiffTests
{
    private sealed record Users : Authentication
    {
        public override string ToString() => "users";
    }

    private static readonly Oneshot Reset = new(auth: new Users());
    private static readonly Toggle Latch = new(new TcpCheck("mail", 25), Reset);
    private static readonly ComponentDescription Mail = new("mail", Latch, Reset.Fire, Second(2));

    [Fact]
    public void Nothing_would_change_where_all_is_equal()
    {
        ComponentDescription same = Mail with { Task = new Toggle(new TcpCheck("mail", 25), Reset) };

        Diff([Served(Mail), Served(Web(80))], [Web(80), same]).ShouldBe("nothing would change: 2 components");
        Diff([Served(Mail)], [Mail]).ShouldBe("nothing would change: 1 component");
        Diff([], []).ShouldBe("nothing would change: 0 components");
    }

    [Fact]
    public void Added_removed_and_changed_ones_are_reported_and_the_rest_is_counted() =>
        Diff(
                [Served(Web(80)), Served(new("old", new TcpCheck("old", 1))), Served(Mail)],
                [Web(81), Mail, new("new", Latch, Reset.Fire, Second(3))]
            )
            .ShouldBe(
                """
                ~ web: changed; keeps its published state until there is new evidence
                    - tcp(host: web, port: 80, timeout: 10s, close: rst)
                    + tcp(host: web, port: 81, timeout: 10s, close: rst)
                + new: added
                    + toggle(to_fail: tcp(host: mail, port: 25, timeout: 10s, close: rst), to_ok: oneshot(default_state: fail, auth: users), initial_state: ok)
                    + on_post: to_ok.fire
                    + response_deadline: 3s
                - old: removed
                    - tcp(host: old, port: 1, timeout: 10s, close: rst)
                1 component unchanged
                """
            );

    [Fact]
    public void A_latch_outlives_a_change_and_a_removal() =>
        Diff([Served(Web(80), isLatched: true), Served(Web(80) with { Name = "old" }, isLatched: true)], [Web(81)])
            .ShouldBe(
                """
                ~ web: changed; latched: stays fail until it is reset
                    - tcp(host: web, port: 80, timeout: 10s, close: rst)
                    + tcp(host: web, port: 81, timeout: 10s, close: rst)
                - old: removed; latched: that is remembered for when it is added again
                    - tcp(host: web, port: 80, timeout: 10s, close: rst)
                0 components unchanged
                """
            );

    [Fact]
    public void A_latch_that_no_POST_could_reset_any_longer_is_warned_about()
    {
        ConfiguredComponent mail = Served(Mail, isLatched: true) with { HasAuthorisedLatch = true };
        ComponentDescription plain = new("mail", new TcpCheck("mail", 25));

        Diff([mail], [plain])
            .ShouldBe(
                """
                ~ mail: changed; latched: stays fail until it is reset
                    - toggle(to_fail: tcp(host: mail, port: 25, timeout: 10s, close: rst), to_ok: oneshot(default_state: fail, auth: users), initial_state: ok)
                    + tcp(host: mail, port: 25, timeout: 10s, close: rst)
                    - on_post: to_ok.fire
                    + on_post: none
                    - response_deadline: 2s
                    + response_deadline: none
                ! the latch of /mail stays; no POST can reset it under the new description
                0 components unchanged
                """
            );
        Diff([mail with { HasAuthorisedLatch = false }], [plain]).ShouldNotContain("! ");
        Diff([mail], [Mail]).ShouldBe("nothing would change: 1 component");
        Diff([Served(plain, isLatched: true) with { HasAuthorisedLatch = true }], [plain])
            .ShouldBe(
                "! the latch of /mail stays; no POST can reset it under the new description\n1 component unchanged"
            );
    }

    [Fact]
    public void What_stands_beside_the_task_changes_without_a_new_start() =>
        Diff([Served(Mail, isLatched: true)], [Mail with { OnPost = null, ResponseDeadline = null }])
            .ShouldBe(
                """
                ~ mail: changed; keeps its state
                    - on_post: to_ok.fire
                    + on_post: none
                    - response_deadline: 2s
                    + response_deadline: none
                0 components unchanged
                """
            );

    [Fact]
    public void Secrets_are_not_shown_and_names_are_escaped()
    {
        ComponentDescription secret = new("a\u001b", new TcpCheck("hidden-host", 1));
        Secrets secrets = new();
        secrets.Add("hidden-host", "${env:HOST}");

        Diff([], [secret], secrets)
            .ShouldBe(
                """
                + a\u001b: added
                    + tcp(host: ${env:HOST}, port: 1, timeout: 10s, close: rst)
                0 components unchanged
                """
            );
    }

    private static ComponentDescription Web(int port) => new("web", new TcpCheck("web", port));

    private static ConfiguredComponent Served(ComponentDescription component, bool isLatched = false) =>
        ConfiguredComponent.Of(component, text => text, isLatched, Ok);

    private static string Diff(
        ImmutableArray<ConfiguredComponent> running,
        ImmutableArray<ComponentDescription> next,
        Secrets? secrets = null
    )
    {
        FailoverConfiguration configuration = new()
        {
            File = "failover.yaml",
            Sources = [],
            Listen = [],
            Management = null,
            State = new(null, Hour(1), Day(90), 0),
            Components = next,
            Positions = new Dictionary<string, Position>(),
            TaskNames = new Dictionary<HealthTask, string>(),
            Secrets = secrets ?? new(),
        };
        return string.Join(
            '\n',
            ConfigurationDiff.Lines(new("failover.yaml", running), configuration).Select(line => line.Text)
        );
    }
}
