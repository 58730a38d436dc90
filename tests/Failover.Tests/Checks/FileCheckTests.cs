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
}
