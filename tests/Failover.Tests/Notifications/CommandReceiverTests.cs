using System.Text.Json;

namespace Failover;

public sealed class CommandReceiverTests
{
    [Fact]
    public async Task The_notification_is_in_the_environment_the_arguments_and_on_standard_input()
    {
        using TemporaryFolder folder = new();
        CommandReceiver receiver = Script(
            folder,
            """
            printf '%s\n' "$FAILOVER_STATUS" "$FAILOVER_COMPONENT" "$FAILOVER_STATE" "$FAILOVER_SEVERITY" "$FAILOVER_ID" \
              "$FAILOVER_ALARM" "$FAILOVER_TITLE" "$FAILOVER_LATCHED" "$FAILOVER_INSTANCE" "$FAILOVER_ROUTE" "$TEAM" "$#" "$@" >"$OUT"
            cat >"$OUT.json"
            echo one
            echo done
            """,
            ["{{state}}", "because {{reason}}"]
        );

        SendResult result = await receiver.SendAsync(ToldOf.Failure("it's \"so\"; $(reboot)"));

        result.ShouldBe(SendResult.Taken with { Answer = "exit code 0: done" });
        File.ReadAllLines(folder.Out())
            .ShouldBe([
                "firing",
                "shop/mail",
                "fail",
                "critical",
                "p1-7",
                "p1-5",
                "FAIL shop/mail",
                "false",
                "eu-1",
                "team",
                "shop",
                "2",
                "fail",
                "because it's \"so\"; $(reboot)",
            ]);
        JsonElement json = JsonElement.Parse(File.ReadAllText(folder.Out() + ".json"));
        json.At("type").ShouldBe("failover.firing");
        json.At("id").ShouldBe("p1-7");
        json.At("data.reason").ShouldBe("it's \"so\"; $(reboot)");
    }

    [Fact]
    public async Task A_command_that_reads_nothing_is_not_waited_for()
    {
        using TemporaryFolder folder = new();

        (await Script(folder, "exit 0").SendAsync(ToldOf.Failure(new('x', 1_000_000)))).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task A_long_reason_is_cut_in_the_environment_and_in_arguments_and_not_on_standard_input()
    {
        using TemporaryFolder folder = new();
        CommandReceiver receiver = Script(
            folder,
            "printf '%s' \"$FAILOVER_REASON\" | wc -c >\"$OUT\"; printf '%s' \"$1\" | wc -c >>\"$OUT\"; cat >\"$OUT.json\"",
            ["{{reason}}"]
        );

        (await receiver.SendAsync(ToldOf.Failure(new('x', 1_000_000)))).Problem.ShouldBeNull();

        File.ReadAllLines(folder.Out()).ShouldBe(["32768", "32768"]);
        JsonElement.Parse(File.ReadAllText(folder.Out() + ".json")).At("data.reason")!.Length.ShouldBe(1_000_000);
    }

    [Fact]
    public async Task Another_exit_code_is_a_failed_attempt_with_the_last_line_of_standard_error_and_without_secrets()
    {
        using TemporaryFolder folder = new();

        SendResult result = await Script(folder, "echo first >&2; echo 'no such user: hunter2' >&2; exit 3")
            .SendAsync(ToldOf.Failure());

        result.Problem.ShouldBe("exit code 3: no such user: ***");
        result.IsOfMessage.ShouldBeFalse();
    }

    [Fact]
    public async Task One_that_hangs_is_killed_with_its_group_at_the_timeout()
    {
        using TemporaryFolder folder = new();
        string fifo = folder.MakeFifo("fifo");
        // Ends once nobody has it open to write any longer.
        Task<string> left = Task.Run(() => File.ReadAllText(fifo), TestContext.Current.CancellationToken);

        // Real time: that of the command.
        SendResult result = await Script(
                folder,
                $"echo begun >&2; exec 3>'{fifo}'; sleep 100 & wait",
                timeout: Second(0.3)
            )
            .SendAsync(ToldOf.Failure());

        result.Problem.ShouldBe("timed out after 300ms: begun");
        (await left).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_a_failed_attempt() =>
        (await new CommandReceiver("/nowhere/notify").SendAsync(ToldOf.Failure())).Problem.ShouldBe(
            "cannot start \"/nowhere/notify\": no such file"
        );

    [Fact]
    public async Task A_NUL_in_a_text_does_not_end_it()
    {
        using TemporaryFolder folder = new();

        await Script(folder, "printf '%s' \"$FAILOVER_REASON\" >\"$OUT\"").SendAsync(ToldOf.Failure("a\0b"));

        File.ReadAllText(folder.Out()).ShouldBe("a\ufffdb");
    }

    [Fact]
    public void Each_is_told_by_a_run_of_its_own() => new CommandReceiver("/bin/true").MostAtOnce.ShouldBe(1);

    [Theory]
    [InlineData("./notify", "command is \"./notify\", which is no program; accepted: a path that begins with /")]
    [InlineData("", "command is \"\", which is no program")]
    public void A_relative_path_is_refused(string command, string message) =>
        Should.Throw<ArgumentException>(() => new CommandReceiver(command)).Message.ShouldStartWith(message);

    [Fact]
    public void An_argument_with_an_unknown_name_in_it_is_refused() =>
        Should
            .Throw<ArgumentException>(() => new CommandReceiver("/bin/true", ["{{stat}}"]))
            .Message.ShouldStartWith("args is a list with \"\"{{stat}}\"\"; accepted: a text with {{NAME}}");

    private static CommandReceiver Script(
        TemporaryFolder folder,
        string script,
        string[]? args = null,
        TimeSpan? timeout = null
    )
    {
        string path = folder.Write("script", script);
        return new(
            "sh",
            [path, .. args ?? []],
            [KeyValuePair.Create("OUT", folder.Out()), KeyValuePair.Create("TEAM", "shop")],
            timeout
        );
    }
}

file static class Outputs
{
    public static string Out(this TemporaryFolder folder) => Path.Combine(folder.Path, "out");
}
