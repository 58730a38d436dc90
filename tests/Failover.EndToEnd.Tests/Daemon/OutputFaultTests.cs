namespace Failover;

/// <summary>A result that cannot be written is told in one line, and is no success.</summary>
public sealed class OutputFaultTests
{
    private static readonly TimeSpan Patience = Second(30);

    [Theory]
    [InlineData("--help", 74)]
    [InlineData("--version", 74)]
    [InlineData("help", 74)]
    [InlineData("version", 74)]
    [InlineData("schema", 74)]
    [InlineData("run --help", 74)]
    [InlineData("completion bash", 74)]
    [InlineData("probe --tcp 127.0.0.1:1", 3)]
    public async Task A_full_disk_behind_the_output_is_one_line(string words, int code)
    {
        await using ChildProcess command = Start(words, "> /dev/full");

        (await command.ExitCodeAsync(Patience)).ShouldBe(code, command.ToString());
        command.Errors.ShouldBe("failover: the output cannot be written: No space left on device\n");
    }

    [Fact]
    public async Task A_full_disk_behind_the_errors_leaves_the_exit_code()
    {
        await using ChildProcess command = Start("nonsense", "2> /dev/full");

        (await command.ExitCodeAsync(Patience)).ShouldBe(64, command.ToString());
        command.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("version", ">&-", 0)]
    [InlineData("status --url 127.0.0.1:1", ">&- 2>&-", 69)]
    public async Task A_closed_output_leaves_the_exit_code_and_no_stack_trace(string words, string closed, int code)
    {
        await using ChildProcess command = Start(words, closed);

        (await command.ExitCodeAsync(Patience)).ShouldBe(code, command.ToString());
        (command.Output, command.Errors).ShouldBe(("", ""));
    }

    private static ChildProcess Start(string words, string redirection) =>
        DaemonFiles.StartCommandUnder(["sh", "-c", $"exec \"$@\" {redirection}", "sh"], words.Split(' '));
}
