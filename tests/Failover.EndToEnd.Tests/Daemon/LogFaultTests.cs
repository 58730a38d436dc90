using System.Globalization;

namespace Failover;

/// <summary>A log that nobody reads, that is full, or that is closed: polls, reloads and the end do not wait for it.</summary>
public sealed class LogFaultTests : IAsyncLifetime
{
    private readonly Target target = Target.Started();
    private DaemonFiles? files;

    private DaemonFiles Files => files ?? throw new InvalidOperationException("not made");

    private string Pipe => Path.Combine(Files.Folder, "log");

    public async ValueTask InitializeAsync()
    {
        files = await DaemonFiles.WithAsync("");
        Serve("one");
    }

    public ValueTask DisposeAsync()
    {
        Files.Dispose();
        target.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_pipe_that_nobody_reads_holds_up_neither_polls_nor_reloads_nor_the_end()
    {
        using NamedPipe pipe = new(Pipe);
        await using QuietDaemon daemon = QuietDaemon.Start(Files, $"> {Pipe} 2>&1");
        await daemon.PollUntilAsync("one", "OK");

        // Some 200 KB: three times what a pipe holds.
        await RefuseAsync(daemon, times: 1);

        Serve("two");
        await daemon.PollUntilAsync("two", "OK");
        Serve("three");
        daemon.Reload();
        await daemon.PollUntilAsync("three", "OK");
        target.Stop();
        await daemon.PollUntilAsync("three", "FAIL");
        await daemon.StopAsync();
    }

    [Fact]
    public async Task What_a_pipe_did_not_take_is_counted_and_each_component_s_newest_state_follows()
    {
        using NamedPipe pipe = new(Pipe);
        await using QuietDaemon daemon = QuietDaemon.Start(Files, $"> {Pipe} 2>&1");
        await daemon.PollUntilAsync("one", "OK");
        // Some 6 MB, which is more than waits.
        await RefuseAsync(daemon, times: 30);

        target.Stop();
        await daemon.PollUntilAsync("one", "FAIL");
        target.Start();
        await daemon.PollUntilAsync("one", "OK");
        string log = await pipe.ReadUntilAsync("/one fail -> ok");

        int told = log.IndexOf(" dropped from this log", StringComparison.Ordinal);
        told.ShouldBeGreaterThan(0);
        log[..told].ShouldContain(": reload rejected; keeping");
        // Another refusal may follow: the file is watched as well.
        log.LastIndexOf("/one fail -> ok: ", StringComparison.Ordinal)
            .ShouldBeGreaterThan(Math.Max(told, log.LastIndexOf("/one ok -> fail: ", StringComparison.Ordinal)));
        Serve("two");
        daemon.Reload();
        (await pipe.ReadUntilAsync(" reloaded ")).Length.ShouldBeGreaterThan(log.Length);
        await daemon.StopAsync();
    }

    [Theory]
    [InlineData(">&-")]
    [InlineData("2>&-")]
    [InlineData("<&- >&- 2>&-")]
    [InlineData("> /dev/full 2>&1")]
    public async Task A_log_that_takes_nothing_harms_nobody(string streams)
    {
        await using QuietDaemon daemon = QuietDaemon.Start(Files, streams);
        await daemon.PollUntilAsync("one", "OK");

        await RefuseAsync(daemon, times: 2);
        Serve("two");
        daemon.Reload();
        await daemon.PollUntilAsync("two", "OK");
        target.Stop();
        await daemon.PollUntilAsync("two", "FAIL");
        await daemon.StopAsync();

        daemon.Process.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_start_that_fails_ends_although_nobody_reads_why()
    {
        using NamedPipe pipe = new(Pipe);
        Files.Write(Wrong(0));

        await using QuietDaemon daemon = QuietDaemon.Start(Files, $"> {Pipe} 2>&1");

        (await daemon.Process.ExitCodeAsync(Second(30))).ShouldBe(78);
    }

    private async Task RefuseAsync(QuietDaemon daemon, int times)
    {
        for (int i = 0; i < times; i++)
        {
            QuietDaemon.Write(Files, Wrong(i));
            daemon.Reload();
            await Eventually.GetAsync(
                daemon.ErrorAsync,
                error => error?.Contains($"\"wrong{i}\"", StringComparison.Ordinal) == true,
                $"refusal {i}"
            );
        }
    }

    private void Serve(string component) =>
        QuietDaemon.Write(Files, $"components:\n  {component}: {{tcp: 127.0.0.1:{target.Port}}}\n");

    private static string Wrong(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"wrong{number}: 1\n")
        + string.Concat(
            Enumerable.Range(0, 1500).Select(i => string.Create(CultureInfo.InvariantCulture, $"x{i}: 1\n"))
        );
}
