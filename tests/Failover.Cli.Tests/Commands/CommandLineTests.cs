namespace Failover;

public sealed class CommandLineTests : IDisposable
{
    private const string Commands = "run, check, probe, status, explain, history, reset, schema, completion, licenses";

    private readonly CommandUnderTest command = new();

    public void Dispose() => command.Dispose();

    [Theory]
    [InlineData("", $"a command is missing\n  accepted: {Commands}\nsee: failover --help\n")]
    [InlineData(
        "chek",
        $"unknown command \"chek\"\n  accepted: {Commands}\n  did you mean \"check\"?\nsee: failover --help\n"
    )]
    [InlineData("zzzzzz", $"unknown command \"zzzzzz\"\n  accepted: {Commands}\nsee: failover --help\n")]
    [InlineData("--what", $"unknown option \"--what\"\n  accepted: --help, --version\nsee: failover --help\n")]
    [InlineData(
        "check --dif",
        "unknown option \"--dif\"\n  accepted: --diff, --strict, --offline, --url, --ca-file, --help\n  did you mean \"--diff\"?\nsee: failover check --help\n"
    )]
    [InlineData("check a b", "\"b\" is one word too many\nsee: failover check --help\n")]
    [InlineData(
        "run --log-format jsn",
        "--log-format is \"jsn\"\n  accepted: text, json, journald\n  did you mean \"json\"?\nsee: failover run --help\n"
    )]
    [InlineData(
        "completion csh",
        "SHELL is \"csh\"\n  accepted: bash, zsh, fish\n  did you mean \"zsh\"?\nsee: failover completion --help\n"
    )]
    [InlineData("reset", "Required argument missing for command: 'reset'\nsee: failover reset --help\n")]
    public async Task A_wrong_command_line_says_what_was_got_and_what_is_accepted(string words, string error)
    {
        int code = await command.RunAsync(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        command.Error.ShouldBe($"failover: {error}");
        command.Output.ShouldBeEmpty();
        code.ShouldBe(64);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    [InlineData("probe")]
    [InlineData("status")]
    [InlineData("explain")]
    [InlineData("history")]
    [InlineData("reset")]
    [InlineData("schema")]
    [InlineData("completion")]
    [InlineData("licenses")]
    public async Task The_help_of_each_command_ends_with_examples(string name)
    {
        (await command.RunAsync(name, "--help")).ShouldBe(0);

        command.Output.ShouldContain($"failover {name}");
        command.Output.ShouldContain("\nExamples:\n  ");
        command.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_help_of_the_program_has_the_exit_codes()
    {
        (await command.RunAsync("--help")).ShouldBe(0);

        command.Output.ShouldContain("  78     the configuration is invalid\n");
        command.Output.ShouldContain("  probe  0 ok, 2 fail, 3 error or anything else");
        command.Output.ShouldNotContain("  complete ");
    }

    [Fact]
    public async Task The_version_is_that_of_the_package()
    {
        (await command.RunAsync("--version")).ShouldBe(0);

        command.Output.ShouldMatch(@"^failover \d+\.\d+\.\d+\S*\n$");
    }

    [Fact]
    public async Task The_schema_is_printed_as_it_is_made()
    {
        (await command.RunAsync("schema")).ShouldBe(0);

        command.Output.ShouldBe(ConfigurationSchema.Text);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    public async Task Without_a_file_both_usual_ones_are_named(string name)
    {
        (await command.RunAsync(name)).ShouldBe(78);

        command.Error.ShouldBe("failover: no configuration: there is neither failover.yaml nor etc.yaml\n");
    }

    [Fact]
    public async Task The_first_of_the_usual_files_that_is_there_is_taken()
    {
        command.Write("components: {b: {tcp: \"127.0.0.1:1\"}}", "etc.yaml");
        await command.RunAsync("check", "--offline");
        command.Output.ShouldContain("/b");

        command.Write("components: {a: {tcp: \"127.0.0.1:1\"}}");
        await command.RunAsync("check", "--offline");
        command.Output.ShouldContain("/a");
    }
}
