using System.Diagnostics.Metrics;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>What probes allocate, in processes of their own.</summary>
[SupportedOSPlatform("linux")]
public sealed class AllocationTests
{
    private const int Components = 100;

    public AllocationTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "event loops are for Linux");

    [Fact]
    public Task A_TCP_probe_allocates_at_most_256_bytes() => SeparateProcess.RunAsync(Probes_run);

    [Fact]
    public Task A_background_TCP_check_allocates_little() => SeparateProcess.RunAsync(Background_checks_run);

    private static async Task Probes_run()
    {
        const int Probes = 10_000;
        using Peer peer = Peer.Accepting();
        EventLoops loops = EventLoops.OfProcess!;
        Clock clock = new(BootTime.Instance);
        MachineAction.Probe[] wanted =
        [
            .. Enumerable
                .Range(1, 2 * Probes)
                .Select(number => new MachineAction.Probe(number, new TcpCheck(peer.Host, peer.Port), clock.Now)),
        ];
        int ended = 0;
        bool isOk = true;
        long[] allocated = new long[3];
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        LoopProbes? probes = null;
        probes = new(
            loops,
            clock,
            new ProbePlaces(BootTime.Instance, _ => { }),
            (_, seen, _, _) =>
            {
                isOk &= seen.State == Ok;
                ended++;
                // The first ones make what the others use again.
                allocated[ended / Probes] = GC.GetAllocatedBytesForCurrentThread();
                if (ended < wanted.Length)
                {
                    probes!.TryStart(wanted[ended], beginsHere: true);
                }
                else
                {
                    all.SetResult();
                }
            }
        );

        probes.TryStart(wanted[0], beginsHere: true).ShouldBeTrue();
        await all.Task.WaitAsync(Second(60));

        isOk.ShouldBeTrue();
        ((allocated[1] - allocated[0]) / Probes).ShouldBeLessThanOrEqualTo(256);
    }

    private static async Task Background_checks_run()
    {
        using Peer peer = Peer.Accepting();
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(all =>
        {
            for (int i = 0; i < Components; i++)
            {
                all.AddComponent($"c{i}", new Background(new TcpCheck(peer.Host, peer.Port), Second(0.02)));
            }
        });
        using MeterListener turns = new();
        long begun = 0;
        turns.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "failover.background.lateness")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        turns.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref begun));
        turns.Start();
        WaitFor(5000);

        (long Turns, long Bytes) before = (Volatile.Read(ref begun), GC.GetTotalAllocatedBytes(precise: true));
        WaitFor(20_000);
        (long Turns, long Bytes) after = (Volatile.Read(ref begun), GC.GetTotalAllocatedBytes(precise: true));

        ((after.Bytes - before.Bytes) / (after.Turns - before.Turns)).ShouldBeLessThanOrEqualTo(1000);

        void WaitFor(long more)
        {
            long wanted = Volatile.Read(ref begun) + more;
            SpinWait.SpinUntil(() => Volatile.Read(ref begun) >= wanted, Second(60)).ShouldBeTrue();
        }
    }
}
