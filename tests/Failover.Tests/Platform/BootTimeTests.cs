using System.Globalization;

namespace Failover;

public sealed class BootTimeTests
{
    [Fact]
    public void It_never_goes_back()
    {
        long last = BootTime.Instance.GetTimestamp();
        for (int i = 0; i < 100_000; i++)
        {
            long now = BootTime.Instance.GetTimestamp();
            now.ShouldBeGreaterThanOrEqualTo(last);
            last = now;
        }
    }

    [Fact]
    public async Task Its_timestamps_are_the_uptime_of_the_machine()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc/uptime");
        await It_agrees_with_the_uptime();
    }

    [Fact]
    public async Task It_counts_what_CLOCK_MONOTONIC_does_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "time namespaces are Linux's");
        const string TenDaysOfSuspend = "unshare --map-root-user --time --boottime 864000 --fork";
        await SeparateProcess.SkipUnlessRunsAsync(TenDaysOfSuspend);
        await SeparateProcess.RunAsync(
            It_agrees_with_the_uptime_and_not_with_CLOCK_MONOTONIC,
            within: TenDaysOfSuspend
        );
    }

    [Fact]
    public async Task Its_timers_fire()
    {
        TaskCompletionSource fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        long started = BootTime.Instance.GetTimestamp();

        await using ITimer timer = BootTime.Instance.CreateTimer(
            _ => fired.TrySetResult(),
            state: null,
            Second(0.02),
            Timeout.InfiniteTimeSpan
        );
        await fired.Task.WaitAsync(Second(20), TimeProvider.System, TestContext.Current.CancellationToken);

        BootTime.Instance.GetElapsedTime(started).ShouldBeInRange(Second(0.015), Second(20));
    }

    private static async Task It_agrees_with_the_uptime()
    {
        TimeSpan before = SinceBoot(BootTime.Instance);
        string[] uptime = (await File.ReadAllTextAsync("/proc/uptime")).Split(' ');
        TimeSpan after = SinceBoot(BootTime.Instance);

        // It has two decimals, and is not rounded (proc(5)).
        TimeSpan expected = TimeSpan.FromSeconds(double.Parse(uptime[0], CultureInfo.InvariantCulture));
        expected.ShouldBeInRange(before - Second(0.01), after);
    }

    private static async Task It_agrees_with_the_uptime_and_not_with_CLOCK_MONOTONIC()
    {
        await It_agrees_with_the_uptime();
        (SinceBoot(BootTime.Instance) - SinceBoot(TimeProvider.System)).ShouldBeGreaterThan(Day(9));
    }

    private static TimeSpan SinceBoot(TimeProvider time) => time.GetElapsedTime(0);
}
