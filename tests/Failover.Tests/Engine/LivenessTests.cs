namespace Failover;

/// <summary>Whether the process does its work, found out where it does not.</summary>
public sealed class LivenessTests
{
    [Fact]
    public async Task A_decision_that_hangs_is_noticed()
    {
        using HangingTime time = new();
        await using HealthEngine engine = new(time);
        engine.Start();
        Liveness liveness = new(engine, loops: null) { Longest = Second(0.05) };
        (await liveness.IsAliveAsync()).ShouldBeTrue();

        Task deciding = time.HangIn(() => engine.Beat("none", Observation.Ok("")));
        Task<bool> first = liveness.IsAliveAsync();
        liveness.IsAliveAsync().ShouldBeSameAs(first, "they share one thread");
        (await first).ShouldBeFalse();

        time.GoOn();
        await deciding;
        (await liveness.IsAliveAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_loop_that_hangs_is_noticed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "event loops are for Linux");
        await using HealthEngine engine = new(new ManualTime());
        engine.Start();
        EventLoop turning = new(new Epoll(), BootTime.Instance, number: 101);
        EventLoop hanging = new(new Epoll(), BootTime.Instance, number: 102);
        Liveness liveness = new(engine, [turning, hanging]) { Longest = Second(0.05) };
        (await new Liveness(engine, [turning, hanging]).IsAliveAsync()).ShouldBeTrue();
        using ManualResetEventSlim blocked = new();

        hanging.Post(() => blocked.Wait(Second(30)));
        (await liveness.IsAliveAsync()).ShouldBeFalse();

        blocked.Set();
        (await new Liveness(engine, [turning, hanging]).IsAliveAsync()).ShouldBeTrue();
    }

    // Reading this clock takes as long as the test wants, which is what the machine does under its lock.
    private sealed class HangingTime : TimeProvider, IDisposable
    {
        private readonly ManualResetEventSlim goesOn = new();
        private readonly ManualResetEventSlim hangs = new();
        private Thread? hanging;

        public override DateTimeOffset GetUtcNow()
        {
            if (Thread.CurrentThread == hanging)
            {
                hangs.Set();
                goesOn.Wait(Second(30));
            }

            return base.GetUtcNow();
        }

        public Task HangIn(Action work)
        {
            Task running = Task.Run(() =>
            {
                hanging = Thread.CurrentThread;
                work();
                hanging = null;
            });
            hangs.Wait(Second(30)).ShouldBeTrue();
            return running;
        }

        public void GoOn() => goesOn.Set();

        public void Dispose()
        {
            goesOn.Dispose();
            hangs.Dispose();
        }
    }
}
