namespace Failover;

public sealed class ReadingThreadTests
{
    // Milliseconds. Broken, most of these would wait for ever.
    private const int HangsAfter = 30_000;

    [Fact(Timeout = HangsAfter)]
    public async Task Whoever_waits_gets_a_reading_that_began_after_the_call()
    {
        int content = 0;
        int read = -1;
        using ReadingThread thread = new(() => read = Volatile.Read(ref content), Minute(1));
        await OnAnotherThreadAsync(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                thread.Ask();
                Volatile.Write(ref content, i);
                thread.WaitForOne().ShouldBeTrue();
                read.ShouldBe(i);
            }
        });
    }

    [Fact(Timeout = HangsAfter)]
    public async Task A_reading_that_hangs_is_waited_for_once_and_counts_again_when_it_has_ended()
    {
        using ManualResetEventSlim open = new();
        int readings = 0;
        using ReadingThread thread = new(
            () =>
            {
                open.Wait();
                Interlocked.Increment(ref readings);
            },
            Second(0.05)
        );
        await OnAnotherThreadAsync(() =>
        {
            thread.WaitForOne().ShouldBeFalse();
            SpinWait.SpinUntil(() => !thread.Ask(), Minute(1)).ShouldBeTrue();
            thread.WaitForOne().ShouldBeFalse();
            open.Set();
            SpinWait.SpinUntil(() => thread.WaitForOne(), Minute(1)).ShouldBeTrue();
            readings.ShouldBeGreaterThan(1);
        });
    }

    [Fact(Timeout = HangsAfter)]
    public async Task Closed_it_keeps_nobody_waiting()
    {
        ReadingThread thread = new(() => { }, Minute(10));
        thread.Dispose();
        await OnAnotherThreadAsync(() => thread.WaitForOne().ShouldBeFalse());
    }

    // Where waiting for ever is seen as such.
    private static Task OnAnotherThreadAsync(Action wait) => Task.Run(wait, TestContext.Current.CancellationToken);
}
