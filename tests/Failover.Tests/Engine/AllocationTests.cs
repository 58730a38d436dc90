using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>What probes and polls allocate, in processes of their own.</summary>
[SupportedOSPlatform("linux")]
public sealed class AllocationTests
{
    private const int Components = 100;

    public AllocationTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "event loops are for Linux");

    [Fact]
    public Task A_TCP_probe_allocates_at_most_256_bytes() => SeparateProcess.RunAsync(Probes_run);

    [Fact]
    public Task A_background_TCP_check_allocates_little() => SeparateProcess.RunAsync(Background_checks_run);

    [Fact]
    public Task A_poll_of_a_known_poller_allocates_nothing() => SeparateProcess.RunAsync(Polls_are_answered);

    private static async Task Polls_are_answered()
    {
        const int Polls = 10_000;
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(all =>
            all.AddComponent("mail", new Background(new ScriptedCheck(), Hour(1)))
        );
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port));
        byte[] request =
            "GET /mail HTTP/1.1\r\nHost: x\r\nUser-Agent: kube-probe/1.31\r\nAccept: */*\r\n\r\n"u8.ToArray();
        byte[] answer = new byte[4096];
        Poll();

        long before = await AllocatedAsync();
        Poll();
        long after = await AllocatedAsync();

        ((after - before) / Polls).ShouldBe(0);
        server.Service.Components.Single().Pollers.All.Single().Polls.ShouldBe(2 * Polls);

        void Poll()
        {
            for (int i = 0; i < Polls; i++)
            {
                socket.Send(request);
                socket.Receive(answer).ShouldBeGreaterThan(0);
            }
        }

        async Task<long> AllocatedAsync() =>
            (
                await Task.WhenAll(
                    EventLoops.OfProcess!.All.Select(loop =>
                    {
                        TaskCompletionSource<long> bytes = new(TaskCreationOptions.RunContinuationsAsynchronously);
                        loop.Post(() => bytes.SetResult(GC.GetAllocatedBytesForCurrentThread()));
                        return bytes.Task;
                    })
                )
            ).Sum();
    }

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

        // A check is 1000 of them; what else the process does meanwhile, as the timers of its store, is a byte or two.
        ((after.Bytes - before.Bytes) / (after.Turns - before.Turns)).ShouldBeLessThanOrEqualTo(1020);

        void WaitFor(long more)
        {
            long wanted = Volatile.Read(ref begun) + more;
            SpinWait.SpinUntil(() => Volatile.Read(ref begun) >= wanted, Second(60)).ShouldBeTrue();
        }
    }
}
