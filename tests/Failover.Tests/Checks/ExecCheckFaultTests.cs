namespace Failover;

/// <summary>Commands in a process that is stopped, that ignores the ends of its children, or that has no descriptors left.</summary>
public sealed class ExecCheckFaultTests
{
    private const string Go = "FAILOVER_TESTS_FIFO";

    [Fact]
    public async Task A_command_that_ended_before_the_deadline_is_handled_has_ended()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "stops and continues a process by signals");
        using TemporaryFolder folder = new();
        string fifo = folder.MakeFifo("fifo");
        using StoppableProcess process = StoppableProcess.Start(A_command_is_run, $"export {Go}='{fifo}'");
        (await process.ReadLineAsync()).ShouldBe("probing");
        // Its command has opened the fifo when this has.
        await using FileStream end = new(fifo, FileMode.Open, FileAccess.Write);

        process.Stop();
        await end.DisposeAsync();
        // Real time: that of the process that is stopped, beyond the timeout of its check.
        await Task.Delay(Second(1.5), TestContext.Current.CancellationToken);
        process.Continue();

        (await process.ReadLineAsync()).ShouldBe("Ok ended");
    }

    private static async Task A_command_is_run()
    {
        ExecCheck check = new(
            ["sh", "-c", $"cat '{Environment.GetEnvironmentVariable(Go)}'; echo ended"],
            timeout: Second(1)
        );
        // What is compiled when it is first used takes its time.
        await new ExecCheck(["true"]).ProbeAsync(TimeProvider.System, CancellationToken.None);
        ValueTask<Observation> probe = check.ProbeAsync(TimeProvider.System, CancellationToken.None);
        Console.WriteLine("probing");
        Observation seen = await probe;
        Console.WriteLine($"{seen.State} {seen.Reason}");
    }

    [Fact]
    public async Task A_process_that_was_started_with_SIGCHLD_ignored_has_exit_codes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "commands are run on Linux only");
        await SeparateProcess.RunAsync(Exit_codes_are_seen, "trap '' CHLD");

        static async Task Exit_codes_are_seen()
        {
            for (int code = 0; code < 3; code++)
            {
                Observation seen = await new ExecCheck(["sh", "-c", $"echo $$; exit {code}"]).ProbeAsync(
                    TimeProvider.System,
                    CancellationToken.None
                );
                (seen.State, seen.HasWarning).ShouldBe((code == 2 ? Fail : Ok, code == 1), seen.Reason);
            }
        }
    }

    [Fact]
    public async Task Without_descriptors_it_is_an_error()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "commands are run on Linux only");
        await SeparateProcess.RunAsync(Descriptors_run_out, "ulimit -n 256");

        static async Task Descriptors_run_out()
        {
            ExecCheck check = new(["true"]);
            (await check.ProbeAsync(TimeProvider.System, CancellationToken.None)).State.ShouldBe(Ok);
            List<FileStream> taken = [];
            while (taken.Count == 0 || taken[^1].SafeFileHandle.DangerousGetHandle() < 256 - Descriptors.Reserve - 2)
            {
                taken.Add(File.OpenRead("/dev/null"));
            }

            Observation seen = await check.ProbeAsync(TimeProvider.System, CancellationToken.None);
            taken.ForEach(one => one.Dispose());
            Observation again = await check.ProbeAsync(TimeProvider.System, CancellationToken.None);

            (seen.State, seen.Reason).ShouldBe((Error, "cannot start \"true\": no descriptors left"));
            again.State.ShouldBe(Ok);
        }
    }

    [Fact]
    public async Task A_command_whose_end_another_part_of_the_process_takes_leaves_none_of_its_group()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "commands are run on Linux only");
        await SeparateProcess.RunAsync(Ends_are_taken);

        static async Task Ends_are_taken()
        {
            using TemporaryFolder folder = new();
            string child = folder.Path + "/child";
            ExecCheck check = new(["sh", "-c", $"sleep 600 & echo $! > '{child}'"]);
            OwnChildren.StartTaking();
            Observation seen;
            do
            {
                seen = await check.ProbeAsync(TimeProvider.System, CancellationToken.None);
                string process = (await File.ReadAllTextAsync(child)).Trim();
                SpinWait.SpinUntil(() => OwnChildren.IsGone(process), Second(20)).ShouldBeTrue();
                // Whose it is depends on who is faster.
            } while (seen.State == Ok);

            (seen.State, seen.Reason).ShouldBe(
                (Error, "its exit code is unknown: another part of this process took it")
            );
        }
    }
}
