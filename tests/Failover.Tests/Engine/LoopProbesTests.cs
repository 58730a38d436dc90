using System.Collections.Concurrent;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>Probes that run whole on event loops, in a process of their own, whose sockets are nobody else's.</summary>
[SupportedOSPlatform("linux")]
public sealed class LoopProbesTests
{
    private const int Probes = 300;

    public LoopProbesTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "event loops are for Linux");

    private static int OpenSockets =>
        Directory
            .GetFileSystemEntries("/proc/self/fd")
            .Count(descriptor =>
                new FileInfo(descriptor).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) is true
            );

    [Fact]
    public Task Those_that_are_abandoned_before_they_begin_leave_nothing_to_those_that_follow() =>
        SeparateProcess.RunAsync(Many_begin_are_abandoned_and_begin_again);

    [Fact]
    public Task Once_stopped_none_is_left_and_none_begins() => SeparateProcess.RunAsync(They_are_stopped);

    private static async Task Many_begin_are_abandoned_and_begin_again()
    {
        using Peer hole = Peer.BlackHole();
        using Peer peer = Peer.Accepting();
        ConcurrentDictionary<long, int> ended = new();
        LoopProbes probes = Make((number, _) => ended.AddOrUpdate(number, 1, (_, count) => count + 1));
        int before = OpenSockets;

        for (int round = 0; round < 20; round++)
        {
            long first = round * 2L * Probes;
            // More than a loop begins in a turn, and abandoned at once: some have begun, and most have not.
            StartAll(first, new TcpCheck(hole.Host, hole.Port, Minute(1)));
            for (long number = first; number < first + Probes; number++)
            {
                probes.Abandon(number);
            }

            StartAll(first + Probes, new TcpCheck(peer.Host, peer.Port));
            long all = first + (2 * Probes);
            SpinWait.SpinUntil(() => ended.Count == all, Second(60)).ShouldBeTrue($"{ended.Count} of {all} have ended");
            peer.CountArrivals(TimeSpan.Zero);
        }

        ended.Values.ShouldAllBe(count => count == 1);
        SpinWait.SpinUntil(() => OpenSockets == before, Second(30)).ShouldBeTrue($"{OpenSockets}, {before} before");

        void StartAll(long first, TcpCheck check)
        {
            for (long number = first; number < first + Probes; number++)
            {
                probes.TryStart(new(number, check, Instant.Never), beginsHere: false).ShouldBeTrue();
            }
        }

        await Task.CompletedTask;
    }

    private static async Task They_are_stopped()
    {
        using Peer hole = Peer.BlackHole();
        ConcurrentDictionary<long, Observation> ended = new();
        LoopProbes probes = Make((number, seen) => ended.TryAdd(number, seen).ShouldBeTrue());
        TcpCheck check = new(hole.Host, hole.Port, Minute(1));
        int before = OpenSockets;

        for (long number = 1; number <= Probes; number++)
        {
            probes.TryStart(new(number, check, Instant.Never), beginsHere: false);
        }

        probes.Stop();
        probes.TryStart(new(Probes + 1, check, Instant.Never), beginsHere: false);

        SpinWait.SpinUntil(() => ended.Count == Probes + 1, Second(60)).ShouldBeTrue();
        ended.Values.ShouldAllBe(seen => seen.State == Error && seen.Reason == "cancelled");
        SpinWait.SpinUntil(() => OpenSockets == before, Second(30)).ShouldBeTrue();
        await Task.CompletedTask;
    }

    private static LoopProbes Make(Action<long, Observation> ended) =>
        new(
            EventLoops.OfProcess!,
            new Clock(BootTime.Instance),
            new ProbePlaces(BootTime.Instance, _ => { }),
            (number, seen, _, _) => ended(number, seen)
        );
}
