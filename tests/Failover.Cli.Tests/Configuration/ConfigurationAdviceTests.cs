using System.Runtime.Versioning;

namespace Failover;

public sealed class ConfigurationAdviceTests
{
    private const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.GroupRead;
    private const string Loop = "{background: {task: {tcp: 192.0.2.1:25}, interval: 10s}}";
    private const string Latch = $"toggle: {{to_fail: {Loop}, to_ok: {{oneshot: {{auth: /users}}}}}}";

    [Theory]
    [InlineData("a: {background: {task: {tcp: 192.0.2.1:25}, interval: 10s}}")]
    [InlineData("a: {tcp: 192.0.2.1:25, response_deadline: 2s}")]
    [InlineData("a: {background: {task: {exec: {command: check_load}}, interval: 10s}}")]
    [InlineData("a: {tcp: {host: 127.0.0.1, port: 25, timeout: 2s}}")]
    [InlineData("a: {tcp: {host: 192.0.2.1, port: 25, timeout: 3s}, response_deadline: 1s}")]
    [InlineData($"a: {{{Latch}, on_post: to_ok.fire}}\nlisten: \"127.0.0.1:80\"")]
    [InlineData(
        $"a: {{toggle: {{to_fail: {{toggle: {{to_fail: {Loop}, to_ok: {{ref: reset}}}}}}, to_ok: {{ref: reset}}}}, on_post: to_ok.fire}}\n"
            + "tasks: {reset: {oneshot: {auth: /users}}}\nlisten: \"127.0.0.1:80\""
    )]
    public void What_will_not_hurt_is_left_alone(string component) => Advised(component).ShouldBeEmpty();

    [Theory]
    [InlineData(
        "a: {tcp: 192.0.2.1:25}",
        "2:3: a request for \"a\" may wait 10s; pollers give up earlier, Route 53 after 2s\n"
            + "  better: response_deadline: 2s, or interval beside the check: then it is probed in the background"
    )]
    [InlineData(
        "a: {tcp: 192.0.2.1:25, response_deadline: 5s}",
        "2:3: a request for \"a\" may wait 5s; pollers give up earlier, Route 53 after 2s\n"
            + "  better: response_deadline: 2s, or interval beside the check: then it is probed in the background"
    )]
    [InlineData(
        "a: {exec: {command: [check_load, -w, 5], timeout: 1s}}",
        "2:3: each poll of \"a\" starts exec check_load -w 5\n  better: interval beside the check: then it is started in the background"
    )]
    [InlineData(
        "a: {background: {interval: 1s, task: {tcp: {host: mail, port: 25, timeout: 2.9s}}}}",
        "2:3: tcp mail:25 in \"a\" times out after 2.9s; a lost SYN is sent again after 1s, and after 3s\n"
            + "  better: a timeout of more than 3s"
    )]
    [InlineData(
        $"a: {{toggle: {{to_fail: {{{Latch}}}, to_ok: {{oneshot: {{auth: /users}}}}}}, on_post: to_ok.fire}}\nlisten: \"127.0.0.1:80\"",
        "2:3: on_post of \"a\" does not fire the oneshot at to_fail.to_ok: no POST of \"a\" resets its latch\n"
            + "  better: one oneshot under tasks, and ref to it in each to_ok of \"a\""
    )]
    public void A_warning_is_reported_with_a_remedy(string component, string advice) =>
        Advised(component).ShouldBe([advice]);

    [Theory]
    [InlineData(
        "\"[::]:80\"",
        "http://[::]:80 is IPv6 alone: nobody reaches it over IPv4\n  better: *:80 for both, or 0.0.0.0:80 beside it"
    )]
    [InlineData(
        "[\"[::]:80\", \"127.0.0.1:81\"]",
        "http://[::]:80 is IPv6 alone: nobody reaches it over IPv4\n  better: *:80 for both, or 0.0.0.0:80 beside it"
    )]
    [InlineData("[\"[::]:80\", \"0.0.0.0:80\"]", null)]
    [InlineData("[\"[::]:80\", \"192.0.2.1:80\"]", null)]
    [InlineData("\"*:80\"", null)]
    [InlineData("\"[::1]:80\"", null)]
    public void Every_IPv6_address_alone_is_warned_about(string listen, string? advice) =>
        Advised($"a: {Loop}\nlisten: {listen}").Select(one => one.Trim()).ShouldBe(advice is null ? [] : [advice]);

    [Theory]
    [InlineData("8080", "http://*:8080")]
    [InlineData("\"192.0.2.1:80\"", "http://192.0.2.1:80")]
    [InlineData("\"127.0.0.1:80\"", null)]
    [InlineData("\"[::1]:80\"", null)]
    [InlineData("\"localhost:80\"", null)]
    [InlineData("\"unix:/run/a.sock\"", null)]
    [InlineData("\"https://*:443\"", null)]
    public void Passwords_over_plain_HTTP_off_loopback_are_warned_about(string listen, string? shown) =>
        Advised(
                $"a: {{{Latch}, on_post: to_ok.fire}}\nlisten: {listen}{(listen.Contains("https", StringComparison.Ordinal) ? "\ntls: {certificate: /a, key: /b}" : "")}"
            )
            .Select(advice => advice.Split('\n')[0].Trim())
            .ShouldBe(
                shown is null ? [] : [$"passwords and tokens of POSTs go over {shown} for everybody on the way to read"]
            );

    [Fact]
    public void Without_a_POST_there_is_no_password_to_lose() => Advised($"a: {Loop}\nlisten: 8080").ShouldBeEmpty();

    [Fact]
    public void A_password_file_is_to_be_closed()
    {
        string component =
            $"a: {{{Latch}, on_post: to_ok.fire}}\n  b: {{{Latch}, on_post: to_ok.fire}}\nlisten: \"127.0.0.1:80\"";

        Advised(component, _ => null).ShouldBeEmpty("what is missing is an error");
        Advised(component, _ => Closed | UnixFileMode.OtherRead)
            .ShouldBe([
                "2:3: /users can be read or written by every user of this machine\n  better: chmod o-rwx /users",
            ]);
        Advised(component, _ => Closed).ShouldBeEmpty();
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void A_secret_file_is_to_be_closed()
    {
        using ConfigurationFolder folder = new();
        folder
            .Write("host", "mail")
            .Write(
                ConfigurationFolder.Main,
                "components: {a: {background: {interval: 1s, task: {tcp: \"${file:host}:25\"}}}}"
            );

        ConfigurationAdvice
            .Of(folder.ReadGood(), file => file == folder["host"] ? UnixFileMode.OtherWrite : Closed)
            .ShouldHaveSingleItem()
            .Better.ShouldBe($"chmod o-rwx {folder["host"]}");
        File.SetUnixFileMode(folder["host"], Closed);
        ConfigurationAdvice.Of(folder.ReadGood(), ConfigurationAdvice.ModeOf).ShouldBeEmpty();
        File.SetUnixFileMode(folder["host"], Closed | UnixFileMode.OtherRead);
        ConfigurationAdvice.Of(folder.ReadGood(), ConfigurationAdvice.ModeOf).Count.ShouldBe(1);
    }

    [Fact]
    public void A_named_task_is_reported_once()
    {
        string[] advised = Advised(
            "a: &a {background: {interval: 1s, task: {ref: t}}}\n  b: *a\ntasks: {t: {tcp: {host: mail, port: 25, timeout: 1s}}}"
        );

        advised.ShouldHaveSingleItem().ShouldStartWith("2:3: tcp mail:25 in \"a\"");
    }

    [Theory]
    [InlineData("background: {ref: t, interval: 10s}\n  demanded: {ref: t}", "3:3")]
    [InlineData("demanded: {ref: t}\n  background: {ref: t, interval: 10s}", "2:3")]
    public void A_command_on_demand_is_reported_wherever_else_it_runs_in_the_background(string components, string at) =>
        Advised($"{components}\ntasks: {{t: {{exec: {{command: check_load, timeout: 1s}}}}}}")
            .ShouldHaveSingleItem()
            .ShouldStartWith($"{at}: each poll of \"demanded\" starts exec check_load");

    private static string[] Advised(string components, Func<string, UnixFileMode?>? modeOf = null)
    {
        using ConfigurationFolder folder = new();
        FailoverConfiguration read = folder.Write(ConfigurationFolder.Main, $"components:\n  {components}").ReadGood();
        string file = folder[ConfigurationFolder.Main];
        return
        [
            .. ConfigurationAdvice
                .Of(read, modeOf ?? (_ => Closed))
                .Select(advice => $"{advice}".Replace($"{file}:", "", StringComparison.Ordinal)),
        ];
    }
}
