using System.Diagnostics;

namespace Failover;

/// <summary>A disk that is full, fails or hangs: failures are served, nothing is reset that could not be stored, and nobody
/// else notices.</summary>
public sealed class DiskFaultTests : IDisposable
{
    private const string NotStored = "503 Could not be stored";
    private const string Warning = "until it can be written, what happens would not survive a restart";

    // 250 ms, and what a busy machine takes for a request.
    private static readonly TimeSpan LongestFail = Second(2);

    private readonly LatchedComponent mail = new("mail");
    private readonly LatchedComponent web = new("web");
    private readonly Target target = Target.Started();

    public void Dispose()
    {
        mail.Dispose();
        web.Dispose();
        target.Dispose();
    }

    private string Components =>
        $$"""
            components:
            {{mail.Yaml}}{{web.Yaml}}  files:
                background:
                  interval: 10m
                  task:
                    tcp: 127.0.0.1:{{target.Port}}
            """;

    [Fact]
    public async Task A_full_disk_holds_up_no_fail_and_lets_no_reset_through_and_heals_by_itself()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync("components: {}");
        string folder = Path.Combine(files.Folder, "disk");
        await using PrivateDisk disk = await PrivateDisk.OnAsync(folder, "512k");
        files.Write($"state: {folder}/state.db\n{Components}");

        await using (RunningDaemon first = await files.ServeAsync(disk.Under))
        {
            await mail.FailAsync(first);
            await SeeThroughAsync(first, disk.Fill, disk.Free);
            await first.KillAsync();
        }

        await using RunningDaemon second = await files.ServeAsync(disk.Under);
        await mail.CheckAsync(second);
        await web.CheckAsync(second);
        mail.IsLatched.ShouldBeFalse();
        web.IsLatched.ShouldBeTrue();
    }

    [Theory]
    [InlineData("EIO")]
    [InlineData("EROFS")]
    [InlineData("ENOSPC")]
    public async Task A_disk_that_fails_leaves_what_is_served_as_it_was(string error)
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(Components);
        await using (RunningDaemon first = await files.ServeAsync())
        {
            await mail.FailAsync(first);
            ChildProcess? fault = null;
            await SeeThroughAsync(
                first,
                async () =>
                    fault = await Strace.AttachAsync(first.Process, "pwrite64,fsync,fdatasync", $"error={error}"),
                () => Strace.DetachAsync(fault!)
            );
            await fault!.DisposeAsync();
            await first.KillAsync();
        }

        await using RunningDaemon second = await files.ServeAsync();
        await mail.CheckAsync(second);
        await web.CheckAsync(second);
        mail.IsLatched.ShouldBeFalse();
        web.IsLatched.ShouldBeTrue();
    }

    [Fact]
    public async Task A_disk_that_hangs_hangs_nobody_but_who_resets_and_that_for_5_seconds()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(Components);
        await using (RunningDaemon first = await files.ServeAsync())
        {
            await mail.FailAsync(first);
            await first.PollUntilAsync("files", "OK");
            await using ChildProcess hang = await Strace.AttachAsync(
                first.Process,
                "fsync,fdatasync",
                "delay_enter=30s"
            );
            long sent = Stopwatch.GetTimestamp();
            Task<string> reset = first.PostAsync("mail");
            TimeSpan slowest = Second(0);
            for (int i = 0; i < 200; i++)
            {
                long asked = Stopwatch.GetTimestamp();
                (await first.PollAsync("files")).ShouldBe("OK");
                TimeSpan took = Stopwatch.GetElapsedTime(asked);
                slowest = took > slowest ? took : slowest;
            }

            slowest.ShouldBeLessThan(Second(1));
            reset.IsCompleted.ShouldBeFalse();
            await FailSoonAsync(first);
            (await first.PollAsync("mail")).ShouldBe("FAIL");

            (await reset).ShouldBe(NotStored);
            Stopwatch.GetElapsedTime(sent).ShouldBeInRange(Second(4.5), Second(8));
            (await first.PollAsync("mail")).ShouldBe("FAIL");
            await Strace.DetachAsync(hang);
            await first.StopAsync();
        }

        await using RunningDaemon second = await files.ServeAsync();
        await mail.CheckAsync(second);
        await web.CheckAsync(second);
        (mail.IsLatched, web.IsLatched).ShouldBe((true, true));
        await mail.ResetAsync(second);
    }

    // Mail is latched; in the end it is reset, and web is latched.
    private async Task SeeThroughAsync(RunningDaemon daemon, Func<Task> fail, Func<Task> heal)
    {
        await daemon.PollUntilAsync("files", "OK");
        await fail();
        await FailSoonAsync(daemon);
        (await daemon.PostAsync("mail")).ShouldBe(NotStored);
        (await daemon.PostAsync("web")).ShouldBe(NotStored);
        (await daemon.PollAsync("mail")).ShouldBe("FAIL");
        (await daemon.PollAsync("web")).ShouldBe("FAIL");
        (await daemon.PollAsync("files")).ShouldBe("OK");
        daemon.Process.Output.Split(Warning).Length.ShouldBe(2, "warned once");
        await heal();

        // The first that is stored again takes along all that waits.
        await mail.ResetAsync(daemon);
        await daemon.Process.LineAsync("stored again, all that waited");
        daemon.Process.Output.Split(Warning).Length.ShouldBe(2, "warned once");
    }

    private Task SeeThroughAsync(RunningDaemon daemon, Action fail, Action heal) =>
        SeeThroughAsync(daemon, () => Carried(fail), () => Carried(heal));

    private static Task Carried(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    // It may not be known to be stored: that is for the next start to show.
    private async Task FailSoonAsync(RunningDaemon daemon)
    {
        long failed = Stopwatch.GetTimestamp();
        await web.FailAsync(daemon);
        Stopwatch.GetElapsedTime(failed).ShouldBeLessThan(LongestFail);
    }
}
