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
                ~ web: changed; keeps serving ok until there is new evidence
                      port: 80 -> 81
                + new: added; starts anew
                    + task: toggle
                    + to_fail: tcp
                    + to_fail.host: mail
                    + to_fail.port: 25
                    + to_fail.timeout: 10s
                    + to_fail.close: rst
                    + to_ok: oneshot
                    + to_ok.default_state: fail
                    + to_ok.auth: users
                    + initial_state: ok
                    + on_post: to_ok.fire
                    + response_deadline: 3s
                - old: removed
                1 component unchanged, keeps its state
                """
            );

    [Fact]
    public void A_latch_outlives_a_change_and_a_removal() =>
        Diff([Served(Web(80), isLatched: true), Served(Web(80) with { Name = "old" }, isLatched: true)], [Web(81)])
            .ShouldBe(
                """
                ~ web: changed; latched: stays fail until it is reset
                      port: 80 -> 81
                - old: removed; latched: that is remembered for when it is added again
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
                      task: toggle -> tcp
                    + host: mail
                    + port: 25
                    + timeout: 10s
                    + close: rst
                    - to_fail: tcp
                    - to_fail.host: mail
                    - to_fail.port: 25
                    - to_fail.timeout: 10s
                    - to_fail.close: rst
                    - to_ok: oneshot
                    - to_ok.default_state: fail
                    - to_ok.auth: users
                    - initial_state: ok
                      on_post: to_ok.fire -> none
                      response_deadline: 2s -> none
                ! the latch of /mail stays; no POST can reset it under the new description
                0 components unchanged
                """
            );
        Diff([mail with { HasAuthorisedLatch = false }], [plain]).ShouldNotContain("! ");
        Diff([mail], [Mail]).ShouldBe("nothing would change: 1 component");
        Diff([Served(plain, isLatched: true) with { HasAuthorisedLatch = true }], [plain])
            .ShouldBe(
                "! the latch of /mail stays; no POST can reset it under the new description\n1 component unchanged, keeps its state"
            );
    }

    [Fact]
    public void Routes_of_notifications_are_told_without_their_secrets()
    {
        FailoverConfiguration before = Read(
            """
            notifications: {routes: {ops: {webhook: "https://a.example/hidden-path"}, old: {webhook: "https://a.example/"}}}
            components: {web: {tcp: "web:80"}}
            """
        );
        FailoverConfiguration after = Read(
            """
            notifications:
              instance: eu1
              link: https://failover.example.net/-/
              routes:
                ops:
                  webhook: {url: "https://b.example/hidden-path", headers: {X-Key: hidden-key}, timeout: 5s}
                  components: web*
                  topics: [state, latch]
                  severity: critical
                  minimum_duration: 1m
                  resolved: false
            components: {web: {tcp: "web:80"}}
            """
        );

        Diff(before, after)
            .ShouldBe(
                $$"""
                ~ notifications.instance: {{Environment.MachineName}} -> eu1
                ~ notifications.link: none -> https://failover.example.net/-/
                ~ notifications.routes: … (webhook at a.example: webhook {url: ***, content_type: application/json, timeout: 10s}, severity warning), old (webhook at a.example: webhook {url: ***, content_type: application/json, timeout: 10s}, severity warning) -> … (webhook at b.example: webhook {url: ***, headers: ***, content_type: application/json, timeout: 5s}, components web*, topics state latch, severity critical, for 1m at least, not when it is over)
                1 component unchanged, keeps its state
                """
            );
    }

    [Fact]
    public void What_stands_beside_the_task_changes_without_a_new_start() =>
        Diff([Served(Mail, isLatched: true)], [Mail with { OnPost = null, ResponseDeadline = null }])
            .ShouldBe(
                """
                ~ mail: changed; keeps its state
                      on_post: to_ok.fire -> none
                      response_deadline: 2s -> none
                0 components unchanged
                """
            );

    [Fact]
    public void How_an_error_is_served_changes_without_a_new_start()
    {
        ComponentDescription held = Mail with { OnError = ErrorHandling.Of(OnError.Hold, null) };

        Diff([Served(Mail, isLatched: false)], [held])
            .ShouldBe(
                """
                ~ mail: changed; keeps its state
                      on_error: error -> hold for at most 5m
                0 components unchanged
                """
            );
        Diff([], [held]).ShouldContain("    + on_error: hold for at most 5m");
    }

    [Fact]
    public void A_histogram_is_a_change_without_a_new_start()
    {
        ComponentDescription counted = Mail with { HasProbeHistogram = true };

        Diff([Served(Mail, isLatched: false)], [counted])
            .ShouldBe(
                """
                ~ mail: changed; keeps its state
                      probe_histogram: false -> true
                0 components unchanged
                """
            );
        Diff([], [counted]).ShouldContain("    + probe_histogram: true");
    }

    [Fact]
    public void Secrets_are_not_shown_and_names_are_escaped()
    {
        ComponentDescription secret = new("a\u001b", new TcpCheck("hidden-host", 1));
        Secrets secrets = new();
        secrets.Add("hidden-host", "${env:HOST}");

        Diff([], [secret], secrets)
            .ShouldBe(
                """
                + a\u001b: added; starts anew
                    + task: tcp
                    + host: ${env:HOST}
                    + port: 1
                    + timeout: 10s
                    + close: rst
                0 components unchanged
                """
            );
    }

    [Fact]
    public void What_stands_beside_the_components_is_told_key_by_key()
    {
        FailoverConfiguration before = Read(
            """
            listen: 8080
            state: {file: /tmp/state.db, max_age: 1h}
            connections: {max: 100}
            tasks: {a: {tcp: "web:80"}}
            components: {web: {ref: a}}
            """
        );
        FailoverConfiguration after = Read(
            """
            listen: [8080, "127.0.0.1:9"]
            management: off
            trusted_proxies: [10.0.0.0/8, unix]
            state: {file: /tmp/other.db, max_age: 2h}
            connections: {max: 200, max_unix: 10, first_byte_timeout: 1s}
            probes: {max_per_host: 20}
            reload: signal
            tasks: {a: {tcp: "web:80"}, b: {tcp: "web:81"}}
            components: {web: {ref: a}}
            """
        );

        Diff(before, after)
            .ShouldBe(
                """
                ~ listen: http://*:8080 -> http://*:8080, http://127.0.0.1:9
                ~ management: http://127.0.0.1:8081 -> off
                ~ trusted_proxies: none -> 10.0.0.0/8, unix
                ~ state.file: /tmp/state.db -> /tmp/other.db; restart needed
                ~ state.max_age: 1h -> 2h; restart needed
                ~ history.file: /tmp/history.db -> /tmp/other-history.db; restart needed
                ~ connections.max: 100 -> 200
                ~ connections.max_unix: automatic -> 10
                ~ connections.first_byte_timeout: 5s -> 1s
                ~ probes.max_per_host: none -> 20
                ~ reload: watch -> signal
                ~ tasks: a -> a, b
                1 component unchanged, keeps its state
                """
            );
        Diff(before, after, isLatched: true)
            .ShouldContain(
                "~ state.file: /tmp/state.db -> /tmp/other.db; the reload is rejected while a component is latched\n"
            );
        Diff(after, after).ShouldBe("nothing would change: 1 component");
    }

    [Fact]
    public void Of_a_long_value_the_words_around_the_difference_are_shown() =>
        WordDiff
            .Of("one two three four five six seven eight nine ten", "one two three four FIVE six seven eight nine ten")
            .ShouldBe(("… three four five six seven …", "… three four FIVE six seven …"));

    private static string Diff(FailoverConfiguration before, FailoverConfiguration after, bool isLatched = false)
    {
        ConfigurationDocument running = new(
            before.File,
            [.. before.Components.Select(component => ConfiguredComponent.Of(component, text => text, isLatched, Ok))],
            TopLevelSettings.Of(before, before.State, before.History, text => text)
        );
        return string.Join('\n', ConfigurationDiff.Lines(running, after).Select(line => line.Text));
    }

    private static FailoverConfiguration Read(string text)
    {
        using CommandUnderTest folder = new();
        return ConfigurationFile.Read(folder.Write(text).File, _ => null).Configuration!;
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
            ConfigurationDiff.Lines(new("failover.yaml", running, []), configuration).Select(line => line.Text)
        );
    }
}
