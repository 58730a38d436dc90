namespace Failover;

public sealed class CommandLineTests : IDisposable
{
    private const string Commands =
        "run, demo, check, probe, status, explain, history, pollers, notify, wait, reset, override, forget, release, reload, convert, schema, completion, licenses, version, help";

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
        "unknown option \"--dif\"\n  accepted: --diff, --strict, --offline, --expand, --url, --ca-file, --user, --password-file, --token-file, --help\n  did you mean \"--diff\"?\nsee: failover check --help\n"
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
    [InlineData(
        "help chek",
        $"unknown command \"chek\"\n  accepted: {Commands}\n  did you mean \"check\"?\nsee: failover --help\n"
    )]
    [InlineData("help check run", "\"run\" is one word too many\nsee: failover help --help\n")]
    [InlineData("version now", "\"now\" is one word too many\nsee: failover version --help\n")]
    [InlineData(
        "chek --help",
        $"unknown command \"chek\"\n  accepted: {Commands}\n  did you mean \"check\"?\nsee: failover --help\n"
    )]
    [InlineData("--version zzzzzz", $"unknown command \"zzzzzz\"\n  accepted: {Commands}\nsee: failover --help\n")]
    [InlineData("check --url 8081", "--url needs --diff\nsee: failover check --help\n")]
    [InlineData("check --ca-file a.crt", "--ca-file needs --diff\nsee: failover check --help\n")]
    [InlineData(
        "check --diff --strict --offline",
        "--diff and --strict do not go together\nfailover: --diff and --offline do not go together\nsee: failover check --help\n"
    )]
    [InlineData("check --expand --strict", "--expand and --strict do not go together\nsee: failover check --help\n")]
    [InlineData("schema x", "\"x\" is one word too many\nsee: failover schema --help\n")]
    [InlineData("reload a b", "\"b\" is one word too many\nsee: failover reload --help\n")]
    [InlineData(
        "reload --url 1",
        "unknown option \"--url\"\n  accepted: --ca-file, --help\nsee: failover reload --help\n"
    )]
    [InlineData(
        "status --watch --exit-code",
        "--watch and --exit-code do not go together\nsee: failover status --help\n",
        3
    )]
    [InlineData("history --since x", "--since is \"x\"\n  accepted: a duration, as 2h\n")]
    [InlineData("history --limit 0", "--limit is \"0\"\n  accepted: 1 to 10000\n")]
    [InlineData(
        "probe --timeout 1s",
        "what to probe is not clear\n  accepted: FILE NAME, NAME, or --tcp HOST:PORT [--timeout DURATION]\n",
        3
    )]
    [InlineData("probe --tcp x", "--tcp is \"x\"\n  accepted: HOST:PORT or [IPV6]:PORT\n", 3)]
    [InlineData(
        "status --url nonsense",
        "the URL is \"nonsense\"\n  accepted: http://HOST:PORT, https://HOST:PORT, HOST:PORT, a port or unix:/PATH, the first two with a path after it if need be\n"
    )]
    [InlineData("explain a --url unix:/nowhere", "cannot reach the daemon at unix:/nowhere: no such socket\n", 69)]
    [InlineData("reset", "NAME is missing\nsee: failover reset --help\n")]
    [InlineData("completion", "SHELL is missing\nsee: failover completion --help\n")]
    [InlineData("history --since", "--since has no value\n  accepted: DURATION\nsee: failover history --help\n")]
    [InlineData("status -f", "-f has no value\n  accepted: FILE\nsee: failover status --help\n")]
    public async Task A_wrong_command_line_says_what_was_got_and_what_is_accepted(
        string words,
        string error,
        int exitCode = 64
    )
    {
        int code = await command.RunAsync(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        command.Error.ShouldBe($"failover: {error}");
        command.Output.ShouldBeEmpty();
        code.ShouldBe(exitCode);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    [InlineData("probe")]
    [InlineData("status")]
    [InlineData("explain")]
    [InlineData("history")]
    [InlineData("reset")]
    [InlineData("release")]
    [InlineData("reload")]
    [InlineData("convert")]
    [InlineData("schema")]
    [InlineData("completion")]
    [InlineData("licenses")]
    [InlineData("version")]
    [InlineData("help")]
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
        command.Output.ShouldContain("  probe  0 ok, 1 ok with a warning, 2 fail, 3 error or anything else");
        command.Output.ShouldNotContain("  complete ");
    }

    [Fact]
    public async Task The_version_is_that_of_the_package()
    {
        (await command.RunAsync("--version")).ShouldBe(0);

        command.Output.ShouldMatch(@"^failover \d+\.\d+\.\d+\S*\n$");
    }

    [Theory]
    [InlineData("--help", "help")]
    [InlineData("check --help", "help check")]
    [InlineData("--version", "version")]
    public async Task Help_and_version_are_words_as_well(string option, string word)
    {
        using CommandUnderTest other = new();
        (await other.RunAsync(option.Split(' '))).ShouldBe(0);

        (await command.RunAsync(word.Split(' '))).ShouldBe(0);

        command.Output.ShouldBe(other.Output);
        command.Output.ShouldNotBeEmpty();
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
