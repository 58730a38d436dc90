namespace Failover;

/// <summary>Real commands.</summary>
public sealed class ExecCheckTests
{
    private static readonly TimeSpan Short = Second(0.3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("echo fine", Ok, false, "fine")]
    [InlineData("echo nearly full; exit 1", Ok, true, "nearly full")]
    [InlineData("echo down; exit 2", Fail, false, "down")]
    [InlineData("echo no idea; exit 3", Error, false, "no idea")]
    [InlineData("echo what; exit 4", Error, false, "exit code 4: what")]
    [InlineData("exit 255", Error, false, "exit code 255")]
    [InlineData("exit 0", Ok, false, "")]
    [InlineData("exit 1", Ok, true, "exit code 1")]
    [InlineData("exit 2", Fail, false, "exit code 2")]
    [InlineData("exit 3", Error, false, "exit code 3")]
    [InlineData("kill -SEGV $$", Error, false, "killed by signal 11")]
    [InlineData("echo before; kill -KILL $$", Error, false, "killed by signal 9: before")]
    [InlineData("echo complaint >&2; exit 2", Fail, false, "complaint")]
    [InlineData("echo complaint >&2; echo reason; exit 2", Fail, false, "reason")]
    public async Task The_exit_code_is_the_state_and_the_first_line_the_reason(
        string script,
        HealthState state,
        bool hasWarning,
        string reason
    )
    {
        Observation seen = await ProbeAsync(Shell(script));

        (seen.State, seen.HasWarning, seen.Reason, seen.IsTimeout).ShouldBe((state, hasWarning, reason, false));
    }

    [Fact]
    public async Task Arguments_are_passed_on_as_they_are() =>
        (await ProbeAsync(new ExecCheck(["printf", "%s.", "a b", "", "$HOME", "`id`", "*", "ä"]))).Reason.ShouldBe(
            "a b..$HOME.`id`.*.ä."
        );

    [Fact]
    public async Task A_command_gets_PATH_and_LANG_and_what_is_given_and_nothing_else()
    {
        ExecCheck check = new(
            ["sh", "-c", "echo $(env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= | sort)"],
            [KeyValuePair.Create("USER", "monitor"), KeyValuePair.Create("EMPTY", "")]
        );

        (await ProbeAsync(check)).Reason.ShouldBe(
            $"EMPTY= LANG=C PATH={Environment.GetEnvironmentVariable("PATH")} USER=monitor"
        );
    }

    [Fact]
    public async Task What_is_given_stands_instead_of_PATH_and_LANG()
    {
        ExecCheck check = new(
            ["/bin/sh", "-c", "echo $PATH $LANG"],
            [KeyValuePair.Create("PATH", "/opt"), KeyValuePair.Create("LANG", "de_DE")]
        );

        (await ProbeAsync(check)).Reason.ShouldBe("/opt de_DE");
    }

    [Fact]
    public async Task A_command_leads_a_session_and_a_group_of_its_own()
    {
        // proc(5): number, group, session.
        string[] numbers = (
            await ProbeAsync(new ExecCheck(["cut", "-d", " ", "-f", "1,5,6", "/proc/self/stat"]))
        ).Reason.Split(' ');

        numbers.Length.ShouldBe(3);
        numbers.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_command_has_no_input_and_ignores_no_signal()
    {
        (await ProbeAsync(new ExecCheck(["readlink", "/proc/self/fd/0"]))).Reason.ShouldBe("/dev/null");
        (await ProbeAsync(Shell("cat; echo at its end"))).Reason.ShouldBe("at its end");
        // As 64 bits, of which those of 32 and 33 are the C library's own.
        (await ProbeAsync(Shell("echo $(grep -E '^Sig(Ign|Blk)' /proc/self/status)"))).Reason.ShouldMatch(
            "^SigBlk: 0{16} SigIgn: 0{7}[01][08]0{7}$"
        );
    }

    [Fact]
    public async Task A_command_gets_no_descriptor_of_this_process()
    {
        using TemporaryFolder folder = new();
        // Not the runtime's: those close by themselves in a child.
        int inherited = OwnDescriptors.Leak(folder.Write("open", ""));
        try
        {
            // 3 is the folder that ls reads.
            (await ProbeAsync(new ExecCheck(["ls", "-m", "/proc/self/fd"]))).Reason.ShouldBe("0, 1, 2, 3");
        }
        finally
        {
            OwnDescriptors.Close(inherited).ShouldBe(0);
        }
    }

    [Theory]
    [InlineData("no-such-program", "cannot start \"no-such-program\": not in PATH, which is /")]
    [InlineData("/no/such/program", "cannot start \"/no/such/program\": no such file")]
    [InlineData("/etc/passwd", "cannot start \"/etc/passwd\": it is not executable, or not by this user")]
    [InlineData("/usr/bin", "cannot start \"/usr/bin\": it is not executable, or not by this user")]
    public async Task What_cannot_be_started_is_an_error_and_check_knows_it(string program, string reason)
    {
        ExecCheck check = new([program]);

        Observation seen = await ProbeAsync(check);

        seen.State.ShouldBe(Error);
        seen.Reason.ShouldStartWith(reason);
        check.FindLocalFault().ShouldBe(seen.Reason);
    }

    [Fact]
    public async Task A_script_without_a_first_line_that_names_its_shell_is_an_error()
    {
        using TemporaryFolder folder = new();
        string script = folder.Write("script", "echo ran\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Observation seen = await ProbeAsync(new ExecCheck([script]));

        (seen.State, seen.Reason).ShouldBe((Error, $"cannot start \"{script}\": Exec format error"));
    }

    [Fact]
    public async Task What_can_be_started_has_no_local_fault()
    {
        new ExecCheck(["sh"]).FindLocalFault().ShouldBeNull();
        new ExecCheck(["/bin/sh"]).FindLocalFault().ShouldBeNull();
        (await ProbeAsync(new ExecCheck(["true"]))).State.ShouldBe(Ok);
    }

    [Fact]
    public async Task Performance_data_are_kept()
    {
        Observation seen = await ProbeAsync(Shell("echo 'LOAD OK - 0.1 | load1=0.10;5;10;0; load5=0.2'; exit 0"));

        (seen.Reason, seen.PerformanceData).ShouldBe(("LOAD OK - 0.1", "load1=0.10;5;10;0; load5=0.2"));
    }

    [Fact]
    public async Task At_the_deadline_all_of_its_group_is_killed_whatever_it_ignores()
    {
        Observation seen = await ProbeAsync(
            Shell("trap '' TERM HUP INT; sleep 60 & a=$!; sleep 60 & echo $$ $a $!; wait", Short)
        );

        (seen.State, seen.IsTimeout).ShouldBe((Fail, true), seen.Reason);
        seen.Reason.ShouldMatch(@"^timed out after 300ms: \d+ \d+ \d+$");
        AreGone(seen.Reason.Split(": ")[1]).ShouldBeTrue();
    }

    [Fact]
    public async Task A_child_that_holds_the_output_open_holds_nothing_up_and_is_killed()
    {
        Observation seen = await ProbeAsync(Shell("sleep 60 & echo $!; exit 1", Minute(1)));

        (seen.State, seen.HasWarning).ShouldBe((Ok, true), seen.Reason);
        AreGone(seen.Reason).ShouldBeTrue();
    }

    [Fact]
    public async Task A_child_that_left_the_group_holds_nothing_up()
    {
        using TemporaryFolder folder = new();
        (string begun, string end) = (folder.MakeFifo("begun"), folder.MakeFifo("end"));
        string child = folder.Write("child", $"echo left > '{begun}'; cat '{end}'");

        Observation seen = await ProbeAsync(Shell($"setsid sh '{child}' & cat '{begun}'", Minute(1)));
        await File.WriteAllTextAsync(end, "", Cancel);

        (seen.State, seen.Reason).ShouldBe((Ok, "left"));
    }

    [Fact]
    public async Task Output_without_end_ends_at_the_deadline_with_little_memory()
    {
        await SeparateProcess.RunAsync(Output_without_end_is_read);

        static async Task Output_without_end_is_read()
        {
            await Warm();
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Observation seen = await new ExecCheck(["yes", "again"], timeout: Second(1)).ProbeAsync(
                TimeProvider.System,
                CancellationToken.None
            );
            long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

            (seen.State, seen.Reason).ShouldBe((Fail, "timed out after 1s: again"));
            allocated.ShouldBeLessThan(1 << 20);
        }

        static ValueTask<Observation> Warm() =>
            new ExecCheck(["yes"], timeout: Second(0.1)).ProbeAsync(TimeProvider.System, CancellationToken.None);
    }

    [Fact]
    public async Task Long_output_is_read_to_its_end_and_kept_in_part()
    {
        // As much as does not fit into a pipe.
        Observation seen = await ProbeAsync(Shell("head -c 1000000 /dev/zero | tr '\\0' x; exit 2"));

        seen.State.ShouldBe(Fail);
        seen.Reason.ShouldStartWith("xxxxx");
        seen.Reason.Length.ShouldBeLessThan(CommandOutput.Longest);
    }

    [Fact]
    public async Task A_place_that_does_not_become_free_in_time_is_an_error()
    {
        CommandLimit one = new(1);
        using TemporaryFolder folder = new();
        string fifo = folder.MakeFifo("fifo");
        Task<Observation> holder = ProbeAsync(Shell($"cat '{fifo}'; echo over", Minute(1)) with { Limit = one });

        Observation kept = await ProbeAsync(Shell("true", Short) with { Limit = one });
        await File.WriteAllTextAsync(fifo, "", Cancel);
        Observation held = await holder;
        Observation free = await ProbeAsync(Shell("true") with { Limit = one });

        (kept.State, kept.Reason).ShouldBe((Error, "did not start within 300ms: 1 commands are running"));
        (held.State, held.Reason).ShouldBe((Ok, "over"));
        free.State.ShouldBe(Ok);
    }

    [Fact]
    public async Task A_command_that_had_to_wait_and_is_then_killed_at_the_deadline_is_an_error()
    {
        CommandLimit one = new(1);
        ManualTime time = new();
        using TemporaryFolder folder = new();
        (string end, string started) = (folder.MakeFifo("end"), folder.MakeFifo("started"));
        Task<Observation> holder = ProbeAsync(Shell($"cat '{end}'") with { Limit = one });
        // More than a pipe takes: when it is out, the probe is reading it.
        Task<Observation> waiting = (
            Shell($"head -c 200000 /dev/zero | tr '\\0' x; echo > '{started}'; exec sleep 60", Second(10)) with
            {
                Limit = one,
            }
        )
            .ProbeAsync(time, Cancel)
            .AsTask();

        await File.WriteAllTextAsync(end, "", Cancel);
        await holder;
        await File.ReadAllTextAsync(started, Cancel);
        time.Advance(Second(10));
        Observation seen = await waiting;

        (seen.State, seen.IsTimeout).ShouldBe((Error, false), seen.Reason);
        seen.Reason.ShouldStartWith(
            "timed out after 10s, some of which passed before it was started: 1 commands are running"
        );
    }

    [Fact]
    public async Task A_probe_that_is_stopped_when_it_has_got_its_place_gives_it_back()
    {
        CommandLimit one = new(1);
        for (int i = 0; i < 20; i++)
        {
            using CancellationTokenSource stop = new();
            (await one.EnterAsync("other", Cancel).AsTask().WaitAsync(Second(20), Cancel)).IsTaken.ShouldBeTrue();
            Task<Observation> probe = (Shell("sleep 60") with { Limit = one })
                .ProbeAsync(TimeProvider.System, stop.Token)
                .AsTask();

            one.Release("other", Task.CompletedTask);
            await stop.CancelAsync();

            await Should.ThrowAsync<OperationCanceledException>(probe);
        }
    }

    [Fact]
    public async Task A_run_that_does_not_end_keeps_the_same_command_from_being_started_but_not_one_of_another_environment()
    {
        CommandLimit limit = new(2);
        TaskCompletionSource end = new();
        ExecCheck first = OfHost("first") with { Limit = limit };
        ExecCheck second = OfHost("second") with { Limit = limit };
        await limit.EnterAsync(first.RunKey, Cancel);
        limit.Release(first.RunKey, end.Task);

        (await ProbeAsync(second)).Reason.ShouldBe("second");
        (await ProbeAsync(first)).Reason.ShouldBe(
            "did not start within 300ms: its last run was killed and does not end"
        );
        end.SetResult();
        (await ProbeAsync(first)).State.ShouldNotBe(Fail);

        static ExecCheck OfHost(string name) =>
            new(["sh", "-c", "echo $SERVER"], [KeyValuePair.Create("SERVER", name)], Short);
    }

    [Fact]
    public async Task A_probe_that_is_stopped_stops_its_command()
    {
        using TemporaryFolder folder = new();
        string started = folder.MakeFifo("fifo");
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<Observation> probe = Shell($"echo $$ > '{started}'; sleep 60", Minute(1))
            .ProbeAsync(TimeProvider.System, stop.Token)
            .AsTask();
        string process = await File.ReadAllTextAsync(started, Cancel);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(probe);
        AreGone(process.Trim()).ShouldBeTrue();
    }

    [Fact]
    public async Task Many_at_a_time_leave_no_process_and_no_descriptor()
    {
        Observation[] seen = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => ProbeAsync(Shell($"echo $$; exit {i % 4}")))
        );

        seen.Select(one => one.State)
            .ShouldBe(
                Enumerable
                    .Range(0, 50)
                    .Select(i =>
                        i % 4 < 2 ? Ok
                        : i % 4 < 3 ? Fail
                        : Error
                    )
            );
        seen.ShouldAllBe(one => !Directory.Exists($"/proc/{one.Reason}"));
    }

    [Fact]
    public void Its_summary_is_the_command() =>
        new ExecCheck(["check_tcp", "-H", "a b"]).ToString().ShouldBe("exec check_tcp -H a b");

    public static TheoryData<string, Action> Wrong =>
        new()
        {
            { "command", () => _ = new ExecCheck(null!) },
            { "command", () => _ = new ExecCheck([]) },
            { "command", () => _ = new ExecCheck([""]) },
            { "command", () => _ = new ExecCheck(["./check"]) },
            { "command", () => _ = new ExecCheck(["check_load -w 5"]) },
            { "command", () => _ = new ExecCheck(["plugins/check"]) },
            { "command", () => _ = new ExecCheck(["check", "a\0b"]) },
            { "command", () => _ = new ExecCheck(["check", null!]) },
            { "environment", () => _ = new ExecCheck(["check"], [KeyValuePair.Create("A=B", "")]) },
            { "environment", () => _ = new ExecCheck(["check"], [KeyValuePair.Create("", "")]) },
            { "environment", () => _ = new ExecCheck(["check"], [KeyValuePair.Create("A", "\0")]) },
            { "timeout", () => _ = new ExecCheck(["check"], timeout: Second(0)) },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_argument_is_refused_by_name(string name, Action make)
    {
        ArgumentException refused = Should.Throw<ArgumentException>(make);

        refused.ParamName.ShouldBe(name);
        refused.Message.ShouldContain("; accepted: ");
    }

    private static ExecCheck Shell(string script, TimeSpan? timeout = null) =>
        new(["sh", "-c", script], timeout: timeout ?? Minute(1));

    private static Task<Observation> ProbeAsync(ExecCheck check) =>
        check.ProbeAsync(TimeProvider.System, Cancel).AsTask();

    private static bool AreGone(string processes) =>
        SpinWait.SpinUntil(() => processes.Split(' ').All(OwnChildren.IsGone), Second(20));
}
