namespace Failover;

public sealed class FileCheckTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_is_there_or_not()
    {
        string flag = folder.Write("flag", "");
        string none = folder.Path + "/none";

        (await SeenAsync(new(flag))).ShouldBe((Ok, "exists"));
        (await SeenAsync(new(flag, exists: false))).ShouldBe((Fail, "exists"));
        (await SeenAsync(new(none))).ShouldBe((Fail, "does not exist"));
        (await SeenAsync(new(none, exists: false))).ShouldBe((Ok, "does not exist"));
        (await SeenAsync(new(flag + "/below", exists: false))).ShouldBe((Ok, "does not exist"));
    }

    [Fact]
    public async Task Links_are_followed_and_whatever_is_there_is_there()
    {
        File.CreateSymbolicLink(folder.Path + "/dangling", folder.Path + "/none");
        File.CreateSymbolicLink(folder.Path + "/link", folder.Path);

        (await SeenAsync(new(folder.Path + "/dangling"))).ShouldBe((Fail, "does not exist"));
        (await SeenAsync(new(folder.Path + "/link"))).ShouldBe((Ok, "exists"));
        (await SeenAsync(new(folder.MakeFifo("fifo")))).ShouldBe((Ok, "exists"));
        (await SeenAsync(new("/dev/null"))).ShouldBe((Ok, "exists"));
    }

    [Theory]
    [InlineData(0, Ok, "changed 0ms ago")]
    [InlineData(59, Ok, "changed 59s ago")]
    [InlineData(60, Fail, "changed 1m ago, not within 1m")]
    [InlineData(3600, Fail, "changed 1h ago, not within 1m")]
    [InlineData(-30, Ok, "changed 0ms ago")]
    [InlineData(-60, Error, "changed 1m in the future: the clock was set back")]
    public async Task The_age_of_the_last_change_is_judged(int seconds, HealthState state, string reason)
    {
        string stamp = folder.Write("stamp", "");
        ManualTime time = new();
        File.SetLastWriteTimeUtc(stamp, time.GetUtcNow().UtcDateTime.AddSeconds(-seconds));

        Observation seen = await new FileCheck(stamp, youngerThan: Minute(1)).ProbeAsync(time, Cancel);
        Observation opposite = await new FileCheck(stamp, exists: false, youngerThan: Minute(1)).ProbeAsync(
            time,
            Cancel
        );

        (seen.State, seen.Reason).ShouldBe((state, reason));
        opposite.State.ShouldBe(
            state == Ok ? Fail
            : state == Fail ? Ok
            : Error
        );
    }

    [Fact]
    public async Task What_it_contains_is_judged()
    {
        string file = folder.Write("file", "state: bereit für alles\n");

        (await SeenAsync(new(file, contains: "bereit für"))).ShouldBe((Ok, "contains \"bereit für\""));
        (await SeenAsync(new(file, contains: "Bereit"))).ShouldBe((Fail, "lacks \"Bereit\""));
        (await SeenAsync(new(file, exists: false, contains: "bereit"))).ShouldBe((Fail, "contains \"bereit\""));
        (await SeenAsync(new(file, exists: false, contains: "Bereit"))).ShouldBe((Ok, "lacks \"Bereit\""));
        (await SeenAsync(new(file, youngerThan: Hour(1), contains: "bereit"))).State.ShouldBe(Ok);
        (await SeenAsync(new("/proc/self/comm", contains: "\n"))).State.ShouldBe(Ok);
    }

    [Fact]
    public async Task What_cannot_be_read_is_an_error_both_ways()
    {
        string large = folder.Write("large", new string('x', (1 << 20) + 1));
        string fifo = folder.MakeFifo("fifo");
        foreach (bool exists in new[] { true, false })
        {
            (await SeenAsync(new(fifo, exists, contains: "x"))).ShouldBe((Error, $"it is a FIFO: {fifo}"));
            (await SeenAsync(new(folder.Path, exists, contains: "x"))).ShouldBe(
                (Error, $"it is a folder: {folder.Path}")
            );
            (await SeenAsync(new("/dev/zero", exists, contains: "x"))).ShouldBe((Error, "it is a device: /dev/zero"));
            (await SeenAsync(new(large, exists, contains: "x"))).ShouldBe(
                (Error, $"it is larger than 1048576 bytes: {large}")
            );
        }
    }

    [Theory]
    [InlineData(true, Fail)]
    [InlineData(false, Ok)]
    public async Task A_file_that_is_removed_while_it_is_judged_is_not_there(bool exists, HealthState state)
    {
        string file = folder.Write("file", "text");
        FileCheck check = new(file, exists, youngerThan: Hour(1), contains: "text");

        Observation seen = await check.ProbeAsync(new InterveningTime(() => File.Delete(file)), Cancel);

        (seen.State, seen.Reason).ShouldBe((state, "does not exist"));
    }

    /// <summary>In a process of its own, for it leaves none of the threads for checks to others.</summary>
    [Fact]
    public Task Files_that_do_not_answer_hold_up_other_checks_only_and_are_not_asked_again() =>
        SeparateProcess.RunAsync(Files_stop_to_answer);

    private static async Task Files_stop_to_answer()
    {
        using ManualResetEventSlim answer = new();
        int asked = 0;
        InterveningTime hanging = new(() =>
        {
            Interlocked.Increment(ref asked);
            answer.Wait();
        });
        using TemporaryFolder own = new();
        for (int i = 0; i < FileThreads.Most; i++)
        {
            FileCheck check = new(own.Write($"hangs{i}", ""), youngerThan: Hour(1), timeout: Second(0.01));
            foreach (
                string reason in new[] { "it takes longer than 10ms to answer", "it takes longer than 5s to answer" }
            )
            {
                Observation seen = await check.ProbeAsync(hanging, CancellationToken.None);
                (seen.State, seen.Reason).ShouldBe((Error, $"{reason}: {check.Path}"));
            }
        }

        SpinWait.SpinUntil(() => asked == FileThreads.Most, Second(20)).ShouldBeTrue();
        string file = own.Write("file", "text");
        Observation other = await new FileCheck(file).ProbeAsync(TimeProvider.System, CancellationToken.None);
        (other.State, other.Reason).ShouldBe((Error, $"too many other files have stopped to answer: {file}"));
        RegularFile.Read(file, 10).Bytes.Length.ShouldBe(4);
        answer.Set();
    }

    [Fact]
    public async Task A_folder_that_this_user_may_not_search_is_an_error()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "drops the rights of root");
        const string within = "setpriv --bounding-set=-all --inh-caps=-all";
        await SeparateProcess.SkipUnlessRunsAsync(within);
        await SeparateProcess.RunAsync(A_file_in_a_closed_folder_is_an_error, within: within);
    }

    private static async Task A_file_in_a_closed_folder_is_an_error()
    {
        using TemporaryFolder closed = new();
        string file = closed.Write("file", "");
        File.SetUnixFileMode(closed.Path, UnixFileMode.None);
        foreach (bool exists in new[] { true, false })
        {
            Observation seen = await new FileCheck(file, exists).ProbeAsync(
                TimeProvider.System,
                CancellationToken.None
            );
            (seen.State, seen.Reason).ShouldBe((Error, $"permission denied: {file}"));
        }

        File.SetUnixFileMode(closed.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public static TheoryData<string, Action> Wrong =>
        new()
        {
            { "path", () => _ = new FileCheck(null!) },
            { "path", () => _ = new FileCheck(" ") },
            { "path", () => _ = new FileCheck("a\0b") },
            { "youngerThan", () => _ = new FileCheck("a", youngerThan: Second(0)) },
            { "timeout", () => _ = new FileCheck("a", timeout: Day(31)) },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_argument_is_refused_by_name(string name, Action make)
    {
        ArgumentException refused = Should.Throw<ArgumentException>(make);

        refused.ParamName.ShouldBe(name);
        refused.Message.ShouldContain("; accepted: ");
    }

    private static async Task<(HealthState State, string Reason)> SeenAsync(FileCheck check)
    {
        Observation seen = await check.ProbeAsync(TimeProvider.System, Cancel);
        return (seen.State, seen.Reason);
    }

    // Has something happen when a check asks for the time: between it has learnt when the file was changed and reads it.
    private sealed class InterveningTime(Action happens) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow()
        {
            happens();
            return base.GetUtcNow();
        }
    }
}
