using System.Diagnostics;

namespace Failover;

public sealed class CompletionCommandTests : IDisposable
{
    private readonly CommandUnderTest command = new();

    public void Dispose() => command.Dispose();

    [Theory]
    [InlineData("failover pro", "probe")]
    [InlineData("/opt/bin/failover pro", "probe")]
    [InlineData("failover comp", "completion")]
    [InlineData("failover run --log-format j", "journald", "json")]
    [InlineData("failover completion f", "fish")]
    [InlineData("failover check --st", "--strict")]
    public async Task Commands_options_and_words_are_completed(string line, params string[] words)
    {
        (await command.RunAsync("complete", line)).ShouldBe(0);

        Words(line).ShouldBe(words, ignoreOrder: true);
    }

    [Theory]
    [InlineData("failover reset ma")]
    [InlineData("failover explain ma")]
    [InlineData("failover probe ma")]
    public async Task Names_of_components_come_from_the_file(string line)
    {
        command.Write("components: {mail: {tcp: \"a:1\"}, main/b: {tcp: \"a:1\"}, \"ma $(id)\": {tcp: \"a:1\"}}");

        await command.RunAsync("complete", line);

        Words(line).ShouldBe(["mail", "main/b"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_wrong_file_disturbs_nobody()
    {
        command.Write("components: {");

        (await command.RunAsync("complete", "failover reset ma")).ShouldBe(0);

        command.Error.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Each_shell_has_a_script_that_asks_the_program(string shell)
    {
        (await command.RunAsync("completion", shell)).ShouldBe(0);

        command.Output.ShouldStartWith("#");
        command.Output.ShouldContain(" complete -- ");
    }

    [Fact]
    public async Task In_bash_the_answers_become_completions()
    {
        await command.RunAsync("completion", "bash");
        // A stand-in for the program, which says what it was asked and answers with two words.
        string script = $$"""
            failover() { printf '%s\n' "$3" >&3; printf 'mail\nother\n'; }
            {{command.Output}}
            COMP_WORDS=(failover reset ma) COMP_CWORD=2 COMP_LINE='failover reset ma' COMP_POINT=17
            exec 3>&1
            _failover failover
            printf '[%s]' "${COMPREPLY[@]}"
            """;

        (await BashAsync(script)).ShouldBe("failover reset ma\n[mail]");
    }

    // As a shell does, only what begins with the last word is kept.
    private string[] Words(string line) =>
        [
            .. command
                .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(word => word.StartsWith(line.Split(' ')[^1], StringComparison.Ordinal)),
        ];

    private static async Task<string> BashAsync(string script)
    {
        ProcessStartInfo start = new("bash", ["--norc", "-c", script])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
