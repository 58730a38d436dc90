using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>Sockets of checks that connect again, in a process of their own: nobody else's are counted.</summary>
[SupportedOSPlatform("linux")]
public sealed class SpareSocketsTests
{
    // In a row, at once: more than are kept.
    private const int Wave = 50;

    public SpareSocketsTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "event loops are for Linux");

    private static IEnumerable<string> OpenSockets =>
        Directory
            .GetFileSystemEntries("/proc/self/fd")
            .Select(descriptor => new FileInfo(descriptor).LinkTarget)
            .OfType<string>()
            .Where(target => target.StartsWith("socket:", StringComparison.Ordinal));

    [Fact]
    public Task Many_checks_use_few_sockets_and_leave_none() => SeparateProcess.RunAsync(Waves_run);

    [Fact]
    public Task Few_checks_close_their_own() => SeparateProcess.RunAsync(Few_run);

    [Fact]
    public Task One_that_connects_again_tells_what_is_so_now() => SeparateProcess.RunAsync(Targets_change);

    [Fact]
    public Task A_connection_over_one_never_reaches_the_application() => SeparateProcess.RunAsync(Arrivals_are_counted);

    private static async Task Waves_run()
    {
        using Peer peer = Peer.Accepting();
        Prober prober = new();
        string[] before = [.. OpenSockets];
        HashSet<string> used = [];

        for (int wave = 0; wave < 100; wave++)
        {
            (await prober.ProbeAsync(peer.Port, Wave)).ShouldAllBe(seen => seen.State == Ok);
            string[] kept = [.. OpenSockets.Except(before, StringComparer.Ordinal)];
            kept.Length.ShouldBeLessThanOrEqualTo(SpareSockets.Most);
            used.UnionWith(kept);
        }

        // New ones have other inodes. A turn of the loop that takes long has them closed.
        used.Count.ShouldBeInRange(1, 100 * SpareSockets.Most / 2);
        SpinWait.SpinUntil(() => OpenSockets.Count() == before.Length, Second(30)).ShouldBeTrue();
    }

    private static async Task Few_run()
    {
        using Peer peer = Peer.Accepting();
        Prober prober = new();
        int before = OpenSockets.Count();

        for (int probe = 0; probe < 5; probe++)
        {
            (await prober.ProbeAsync(peer.Port, count: 1)).ShouldHaveSingleItem().State.ShouldBe(Ok);
            OpenSockets.Count().ShouldBe(before);
        }
    }

    private static async Task Targets_change()
    {
        using Peer peer = Peer.Accepting();
        using Peer hole = Peer.BlackHole();
        using Socket refusing = Peer.Refusing();
        int refusingPort = ((System.Net.IPEndPoint)refusing.LocalEndPoint!).Port;
        Prober prober = new();

        for (int round = 0; round < 10; round++)
        {
            await prober.FillAsync(peer.Port);
            (await prober.ProbeAsync(refusingPort, Wave)).ShouldAllBe(seen => seen.Reason.StartsWith("refused"));

            await prober.FillAsync(peer.Port);
            (await prober.ProbeAsync(hole.Port, Wave)).ShouldAllBe(seen => seen.IsTimeout);

            await prober.FillAsync(peer.Port);
            (await prober.ProbeAsync(peer.Port, Wave)).ShouldAllBe(seen => seen.State == Ok);
        }
    }

    private static async Task Arrivals_are_counted()
    {
        using Peer peer = Peer.Accepting();
        Prober prober = new();
        const int Waves = 20;

        for (int wave = 0; wave < Waves; wave++)
        {
            await prober.ProbeAsync(peer.Port, Wave);
        }

        // Now and then the system sends the last ACK of the handshake before the reset.
        peer.CountArrivals(TimeSpan.Zero).ShouldBeLessThan(Waves * Wave / 100);
        peer.CountTimeWaits().ShouldBe(0);
    }

    /// <summary>Probes on a loop of its own.</summary>
    private sealed class Prober : ILoopProbeOwner
    {
        private readonly EventLoop loop = new(new Epoll(), BootTime.Instance, number: 100);
        private readonly List<Observation> seen = [];
        private TaskCompletionSource<Observation[]> ended = new();
        private int wanted;

        public bool KeepsSockets => true;

        /// <summary>Probes a port, so many times at once.</summary>
        public Task<Observation[]> ProbeAsync(int port, int count)
        {
            TcpCheck check = new("127.0.0.1", port, Second(0.1));
            ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
            loop.Post(() =>
            {
                seen.Clear();
                wanted = count;
                for (int number = 1; number <= count; number++)
                {
                    ((ILoopCheck)check).ProbeOn(loop, number, this)!.Defer();
                }
            });
            return ended.Task.WaitAsync(Second(30));
        }

        /// <summary>Probes a port until there are spare sockets.</summary>
        public async Task FillAsync(int port)
        {
            int spare = 0;
            for (int tries = 0; spare == 0 && tries < 1000; tries++)
            {
                await ProbeAsync(port, Wave);
                spare = loop.Spare.Count;
            }

            spare.ShouldBeGreaterThan(0);
        }

        public void Ended(long number, Observation observed, long started, long finished)
        {
            seen.Add(observed);
            if (seen.Count == wanted)
            {
                ended.SetResult([.. seen]);
            }
        }
    }
}
