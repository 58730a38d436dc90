namespace Failover;

public sealed class ConvertCommandTests
{
    private const string Haproxy = "backend b\n  server s 10.0.0.1:80 check\n";
    private const string Keepalived = "vrrp_script s {\n  script /bin/true\n}\n";

    [Theory]
    [InlineData("a", "endpoints: [{name: a, url: tcp://h:1, conditions: []}]\n", "tcp: h:1")]
    [InlineData("a", "modules: {m: {prober: tcp}}\n", "tcp: target.example.net:80")]
    [InlineData("a", Haproxy, "tcp: 10.0.0.1:80")]
    [InlineData("a", Keepalived, "exec:")]
    [InlineData("my-haproxy.cfg", "# nothing yet\n", "components: {}")]
    public async Task The_format_is_found_by_what_the_file_holds_or_by_its_name(string name, string text, string shown)
    {
        using CommandUnderTest command = new();
        command.Write(text, name);

        await command.RunAsync("convert", command[name]);

        command.Output.ShouldContain(shown);
    }

    [Fact]
    public async Task A_file_of_an_unknown_format_is_refused_and_the_formats_are_named()
    {
        using CommandUnderTest command = new();
        command.Write("apples\n", "a");

        (await command.RunAsync("convert", command["a"])).ShouldBe(ExitCode.WrongCommandLine);

        command.Error.ShouldContain("\"a\" is of an unknown format");
        command.Error.ShouldContain("gatus, blackbox, haproxy, keepalived");
    }

    [Fact]
    public async Task The_format_that_is_named_holds()
    {
        using CommandUnderTest command = new();
        command.Write("server s 1.2.3.4:80\n", "a");

        (await command.RunAsync("convert", command["a"], "--from", "haproxy")).ShouldBe(ExitCode.Ok);
        (await command.RunAsync("convert", command["a"], "--from", "nginx")).ShouldBe(ExitCode.WrongCommandLine);

        command.Error.ShouldContain("accepted: gatus, blackbox, haproxy, keepalived");
    }

    [Fact]
    public async Task Yaml_that_is_none_is_reported_with_its_place()
    {
        using CommandUnderTest command = new();
        command.Write("endpoints:\n  - name: [\n", "gatus.yaml");

        (await command.RunAsync("convert", command["gatus.yaml"])).ShouldBe(ExitCode.InvalidConfiguration);

        command.Error.ShouldStartWith("gatus.yaml:");
        command.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_writes_to_a_file_and_replaces_none()
    {
        using CommandUnderTest command = new();
        command.Write(Haproxy, "haproxy.cfg");
        string[] words = ["convert", command["haproxy.cfg"], "-o", command["out.yaml"]];

        (await command.RunAsync(words)).ShouldBe(ExitCode.Ok);
        (await File.ReadAllTextAsync(command["out.yaml"], TestContext.Current.CancellationToken)).ShouldContain("b/s:");
        command.Output.ShouldBeEmpty();

        (await command.RunAsync(words)).ShouldBe(ExitCode.OutputUnwritable);
        command.Error.ShouldContain("cannot be written");
    }

    [Theory]
    [InlineData("-o")]
    [InlineData("--output")]
    public async Task An_output_without_a_name_is_refused(string option)
    {
        using CommandUnderTest command = new();
        command.Write(Haproxy, "haproxy.cfg");

        (await command.RunAsync("convert", command["haproxy.cfg"], option, "")).ShouldBe(ExitCode.WrongCommandLine);

        command.Error.ShouldContain("--output is \"\"\n  accepted: the path of a file\n");
        command.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_not_converted_is_counted_and_shows_in_the_exit_code()
    {
        using CommandUnderTest command = new();
        command.Write("backend b\n  server s 10.0.0.1:80 check agent-check observe layer4\n", "haproxy.cfg");

        (await command.RunAsync("convert", command["haproxy.cfg"])).ShouldBe(ExitCode.NotAllConverted);

        command.Error.ShouldBe("failover: 2 parts were not converted: see the comments in the file\n");
        command.Output.ShouldContain("# not converted, line 2: agent-check");
    }
}
