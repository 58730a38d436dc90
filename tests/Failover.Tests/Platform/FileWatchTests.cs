namespace Failover;

/// <summary>When files are compared.</summary>
public sealed class FileWatchTests : IDisposable
{
    private static readonly TimeSpan Interval = Second(0.2);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-watch-");
    private readonly SemaphoreSlim compared = new(0);
    private int comparisons;
    private bool isSettled = true;

    private string Main => Path.Combine(folder.FullName, "f");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        folder.Delete(recursive: true);
        compared.Dispose();
    }

    [Fact]
    public void Without_notices_files_are_compared_at_intervals()
    {
        ManualTime time = new();
        using FileWatch watch = Watch(time);
        time.Advance(10 * Interval);
        comparisons.ShouldBe(10);

        watch.Dispose();
        time.Advance(10 * Interval);
        comparisons.ShouldBe(10);
        time.TimerCount.ShouldBe(0);
    }

    [Fact]
    public async Task With_notices_a_file_that_nothing_touches_is_compared_once_and_a_change_soon()
    {
        RequireNotices();
        using FileWatch watch = Watch(BootTime.Instance);
        await NextAsync();

        // Real time: what is shown is that nothing happens in five intervals.
        await Task.Delay(5 * Interval, Cancel);
        comparisons.ShouldBe(1);

        await File.WriteAllTextAsync(Main, "two", Cancel);
        await NextAsync();
    }

    [Fact]
    public async Task Where_the_kernel_does_not_notice_everything_files_are_compared_at_intervals()
    {
        using FileWatch watch = Watch(BootTime.Instance);
        watch.Follow([Main, "/proc/self/status"]);

        for (int i = 0; i < 4; i++)
        {
            await NextAsync();
        }
    }

    [Fact]
    public async Task What_is_not_settled_is_compared_again_after_an_interval()
    {
        isSettled = false;
        using FileWatch watch = Watch(BootTime.Instance);

        for (int i = 0; i < 4; i++)
        {
            await NextAsync();
        }
    }

    [Fact]
    public async Task What_changes_while_files_are_compared_is_compared_again()
    {
        RequireNotices();
        using FileWatch watch = Watch(
            BootTime.Instance,
            () =>
            {
                if (comparisons == 1)
                {
                    File.WriteAllText(Main, "two");
                }
            }
        );

        await NextAsync();
        await NextAsync();
    }

    private FileWatch Watch(TimeProvider time, Action? comparing = null)
    {
        File.WriteAllText(Main, "one");
        FileWatch watch = new(
            time,
            Interval,
            () =>
            {
                comparisons++;
                comparing?.Invoke();
                compared.Release();
                return isSettled;
            }
        )
        {
            SlowInterval = Hour(1),
        };
        watch.Follow([Main]);
        return watch;
    }

    private void RequireNotices() =>
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && FileSystemKind.ReportsChanges(folder.FullName),
            "this file system does not tell of everything"
        );

    private async Task NextAsync() => (await compared.WaitAsync(Second(30), Cancel)).ShouldBeTrue();
}
