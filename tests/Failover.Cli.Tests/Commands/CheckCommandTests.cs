namespace Failover;

public sealed class CheckCommandTests : IDisposable
{
    private const string Good = """
        listen: "127.0.0.1:0"
        management: "127.0.0.1:0"
        state: memory
        tasks:
          relay:
            background: {interval: 10s, task: {tcp: "127.0.0.1:25"}}
        components:
          mail: {ref: relay}
          web: {tcp: "127.0.0.1:443", response_deadline: 2s}
        """;

    private readonly CommandUnderTest command = new();

    public void Dispose() => command.Dispose();

    [Fact]
    public async Task A_good_file_is_shown_as_it_would_be_served()
    {
        (await command.Write(Good).RunAsync("check", command.File)).ShouldBe(0);

        command.Output.ShouldBe(
            """
            PATH   AT MOST  TASK
            /mail  at once  background(tcp 127.0.0.1:25, every 10s)
            /web   2s       tcp 127.0.0.1:443

            failover.yaml is valid: 2 components, 0 warnings

            """
        );
        command.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task Maintenance_that_is_over_is_noted()
    {
        ManualTime time = new() { WallClock = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero) };
        command.Time = time;
        command.Write(
            """
            state: memory
            maintenance:
              over: {start: 2026-11-30T22:00, duration: 1h}
              open: {start: 2026-11-30T22:00, duration: 3h}
            components: {}
            """
        );

        (await command.RunAsync("check", "--offline", "--strict", command.File)).ShouldBe(0);

        command.Output.ShouldContain("\nnote: maintenance over is over since 2026-11-30 23:00:00 UTC\n");
        command.Output.ShouldNotContain("maintenance open");
    }

    [Fact]
    public async Task The_nested_form_is_printed_of_a_good_file_alone()
    {
        command.Write("components: {mail: {tcp: mail:25, fail_after: 3}}");

        (await command.RunAsync("check", "--expand", command.File)).ShouldBe(0);

        command.Output.ShouldBe(
            """
            components:
              mail:
                hysteresis:
                  task:
                    tcp:
                      host: mail
                      port: 25
                  fail_after: 3

            """
        );
        command.Write("components: {mail: {tcp: mail:25, stale_after: 3s}}");
        (await command.RunAsync("check", "--expand", command.File)).ShouldBe(78);
        (await command.RunAsync("check", "--expand", "--diff", command.File)).ShouldBe(64);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_reported_at_once_and_nothing_else()
    {
        command.Write("components:\n  mail:\n    tcp: {host: a, port: 99999}\n  web:\n    tpc: \"a:1\"\n");

        (await command.RunAsync("check", command.File)).ShouldBe(78);

        command.Error.ShouldBe(
            ConfigurationFile
                .Read(command.File, _ => null)
                .ErrorText.Replace(Path.GetDirectoryName(command.File) + "/", "", StringComparison.Ordinal)
        );
        command.Error.ShouldContain("failover.yaml:5:5: ");
        command.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 78)]
    public async Task What_will_hurt_is_warned_of_and_fails_where_that_is_asked_for(bool isStrict, int code)
    {
        command.Write("listen: \"127.0.0.1:0\"\nstate: memory\ncomponents: {web: {tcp: \"192.0.2.1:443\"}}");

        (await command.RunAsync(["check", command.File, .. isStrict ? ["--strict"] : Array.Empty<string>()])).ShouldBe(
            code
        );

        command.Output.ShouldContain("a request for \"web\" may wait 10s");
        command.Output.ShouldEndWith("failover.yaml is valid: 1 component, 1 warning\n");
    }

    [Fact]
    public async Task A_password_file_that_cannot_be_used_is_an_error_where_it_is_named_first()
    {
        command
            .Write("alice:hunter2\n", "plain")
            .Write(
                """
                listen: "127.0.0.1:0"
                tasks:
                  relay: {background: {interval: 1m, task: {tcp: "192.0.2.1:25"}}}
                  unused: {oneshot: {auth: unused}}
                components:
                  a: {toggle: {to_fail: {ref: relay}, to_ok: {oneshot: {auth: plain}}}, on_post: to_ok.fire}
                  b: {toggle: {to_fail: {ref: relay}, to_ok: {oneshot: {auth: {htpasswd: nowhere}}}}, on_post: to_ok.fire}
                  c: {toggle: {to_fail: {ref: relay}, to_ok: {oneshot: {auth: plain}}}, on_post: to_ok.fire}
                state: memory
                """
            );

        (await command.RunAsync("check", command.File)).ShouldBe(78);

        command.Error.ShouldBe(
            """
            failover.yaml:6:63: auth is "plain", which cannot be used: plain:1: got for user "alice" a plain-text password or an unknown format
              accepted: bcrypt ($2y$), $apr1$, {SHA}, $5$, $6$ or DES crypt, whole, as Apache's htpasswd writes them
            failover.yaml:7:74: auth is "nowhere", which cannot be used: nowhere: cannot be read (it does not exist)
              accepted: a regular file that this process may read

            """
        );
        command.Output.ShouldBeEmpty();
        command.Write(await Htpasswd.LineAsync("alice", "secret", "-B", "-C", "4"), "plain");
        command.Write(await Htpasswd.LineAsync("alice", "secret", "-B", "-C", "4"), "nowhere");
        (await command.RunAsync("check", command.File)).ShouldBe(0);
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_is_an_error_on_this_machine()
    {
        command.Write(
            """
            listen: "127.0.0.1:0"
            state: memory
            tasks:
              load: {background: {interval: 1m, task: {exec: {command: [/no/such/check_load, -w, 5]}}}}
            components:
              shell: {background: {interval: 1m, task: {exec: {command: sh}}}}
              a: {ref: load}
              b: {ref: load}
            """
        );

        (await command.RunAsync("check", command.File)).ShouldBe(78);
        command.Error.ShouldBe(
            "failover.yaml:7:3: exec /no/such/check_load -w 5 in \"a\" cannot be checked here: cannot start \"/no/such/check_load\": no such file\n"
        );
        (await command.RunAsync("check", "--offline", command.File)).ShouldBe(0);
    }

    [Fact]
    public async Task A_secret_is_not_shown()
    {
        command.Environment["TARGET"] = "secret.example.net";
        command.Write(
            "components: {web: {tcp: {host: \"${env:TARGET}\", port: 443}}}\nlisten: \"127.0.0.1:0\"\nstate: memory"
        );

        (await command.RunAsync("check", command.File)).ShouldBe(0);

        command.Output.ShouldContain("${env:TARGET}");
        command.Output.ShouldNotContain("secret.example.net");
    }

    [Theory]
    [InlineData(true, "", true)]
    [InlineData(true, "1", false)]
    [InlineData(false, "", false)]
    public async Task Colour_is_for_a_terminal_whose_user_does_not_mind(
        bool isTerminal,
        string noColor,
        bool isColoured
    )
    {
        command.IsTerminal = isTerminal;
        command.Environment["NO_COLOR"] = noColor;

        await command.Write(Good).RunAsync("check", command.File);

        command.Output.Contains('\u001b').ShouldBe(isColoured);
    }
}
