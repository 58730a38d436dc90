using System.Diagnostics.Metrics;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>What wakes an engine that has next to nothing to do. In a process of its own, whose loops are nobody else's.</summary>
[SupportedOSPlatform("linux")]
public sealed class IdleEngineTests
{
    public IdleEngineTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "event loops are for Linux");

    [Fact]
    public Task It_wakes_to_begin_a_probe_and_to_end_it_and_for_nothing_else() =>
        SeparateProcess.RunAsync(A_target_is_probed_at_intervals);

    private static async Task A_target_is_probed_at_intervals()
    {
        int probes = 0;
        using MeterListener turned = new();
        turned.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref probes));
        turned.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == BackgroundMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        turned.Start();
        using Peer peer = Peer.Accepting();
        await using HealthEngine engine = new(BootTime.Instance);
        engine.Add(new("mail", new Background(new TcpCheck(peer.Host, peer.Port, Second(0.3)), Second(0.5))));
        engine.Start();
        IReadOnlyList<EventLoop> loops = EventLoops.OfProcess!.All;
        SpinWait.SpinUntil(() => Volatile.Read(ref probes) > 0, Second(30)).ShouldBeTrue();
        await engine.WhenIdleAsync();
        (long turnsBefore, int probesBefore) = (loops.Sum(loop => loop.Turns), Volatile.Read(ref probes));

        // Real time: that of the loops, which nothing else tells to turn.
        await Task.Delay(Second(2.2));

        long turns = loops.Sum(loop => loop.Turns) - turnsBefore;
        int probed = Volatile.Read(ref probes) - probesBefore;
        probed.ShouldBeGreaterThan(2);
        // Two more for the probe that has begun and is not counted, or not over. A watch for pauses that ticked on, or a timeout that nothing waits
        // for any longer, would be one more for each probe.
        turns.ShouldBeLessThanOrEqualTo((2 * probed) + 2, $"{probed} probes");
    }
}
