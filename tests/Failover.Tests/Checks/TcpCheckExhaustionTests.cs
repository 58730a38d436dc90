using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>What a check does to a process, and a process to a check: each in a process of its own.</summary>
public sealed class TcpCheckExhaustionTests
{
    private static CancellationToken Cancel => CancellationToken.None;

    // Sockets only: the runtime opens assemblies and files of the system when it likes.
    private static int OpenSockets =>
        Directory
            .GetFileSystemEntries("/proc/self/fd")
            .Count(descriptor =>
                new FileInfo(descriptor).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) is true
            );

    [Fact]
    public async Task No_descriptor_is_left_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "counts in /proc");
        await SeparateProcess.RunAsync(In_10_000_probes_of_every_kind_no_descriptor_is_left);
    }

    [Fact]
    public async Task Without_descriptors_it_is_an_error_until_there_are_some()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "counts in /proc");
        await SeparateProcess.RunAsync(With_all_descriptors_in_use_it_is_an_error, "ulimit -n 300");
    }

    [Fact]
    public async Task Without_local_ports_it_is_an_error_until_there_are_some()
    {
        string unshare = SeparateProcess.NamespaceOrSkip();
        // An even number: Linux chooses among the ports in pairs, and of an odd number may leave one out.
        await SeparateProcess.RunAsync(
            With_all_of_6_ports_in_use_it_is_an_error,
            "ip link set lo up; echo 40000 40005 > /proc/sys/net/ipv4/ip_local_port_range",
            unshare
        );
    }

    [Fact]
    public async Task No_way_to_a_target_is_unreachable_and_a_forbidden_one_is_an_error()
    {
        string unshare = SeparateProcess.NamespaceOrSkip();
        await SeparateProcess.RunAsync(
            Routes_decide,
            "ip link set lo up; ip route add unreachable 192.0.2.0/24; ip route add prohibit 198.51.100.0/24; "
                + "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6",
            unshare
        );
    }

    private static async Task In_10_000_probes_of_every_kind_no_descriptor_is_left()
    {
        using Peer live = Peer.Accepting("127.0.0.3");
        using Peer hole = Peer.BlackHole("127.0.0.2", live.Port);
        using Socket refusing = Peer.Refusing("127.0.0.4", live.Port);
        int port = live.Port;
        TcpCheck several = new("several.test", port)
        {
            NameResolver = new Resolver(_ =>
                [IPAddress.Parse("127.0.0.4"), IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3")]
            ),
        };
        await several.ProbeAsync(TimeProvider.System, Cancel);
        int before = OpenSockets;

        Random random = new(1);
        for (int round = 0; round < 100; round++)
        {
            Task[] probes =
            [
                .. Enumerable
                    .Range(0, 100)
                    .Select(i =>
                        (i % 7) switch
                        {
                            0 => Probe(new("127.0.0.2", port, Second(0.001 + (random.NextDouble() * 0.02)))),
                            1 => Probe(new("127.0.0.4", port)),
                            2 => ProbeAndCancel(new("127.0.0.2", port), random.NextDouble() * 0.02),
                            3 => ProbeAndCancel(new("127.0.0.3", port), random.NextDouble() * 0.002),
                            4 => ProbeAndCancel(several, random.NextDouble() * 0.03),
                            5 => Probe(new("127.0.0.3", port, sourceHost: "127.0.0.9", close: TcpClose.Rst)),
                            _ => Probe(new("127.0.0.3", port)),
                        }
                    ),
            ];
            await Task.WhenAll(probes).WaitAsync(Second(30), Cancel);
            live.CountArrivals(TimeSpan.Zero);
            OpenSockets.ShouldBe(before, $"after round {round}");
        }
    }

    private static async Task With_all_descriptors_in_use_it_is_an_error()
    {
        // Threads that start when nothing is left end the process; here they are at hand before.
        ThreadPool.SetMinThreads(8, 8);
        using Barrier together = new(8);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => together.SignalAndWait(Cancel))));
        using Peer peer = Peer.Accepting();
        TcpCheck check = new(peer.Host, peer.Port);
        TcpCheck named = new("localhost", peer.Port);
        (HealthState, string) exhausted = (Error, $"no descriptors left: {peer.EndPoint}");
        (await See(check)).Item1.ShouldBe(Ok);
        (await See(named)).Item1.ShouldBe(Ok);
        Stack<Socket> all = [];
        while (TryOpen() is { } socket)
        {
            all.Push(socket);
        }

        (await See(check)).ShouldBe(exhausted);
        (await See(named)).ShouldBe((Error, "no descriptors left: localhost"));
        Free(all, Descriptors.Reserve);
        (await See(check)).ShouldBe(exhausted);
        Free(all, 1);
        (await See(check)).Item1.ShouldBe(Ok);
        (await See(named)).Item1.ShouldBe(Ok);
    }

    private static async Task With_all_of_6_ports_in_use_it_is_an_error()
    {
        using Peer peer = Peer.Accepting(port: 2525);
        TcpCheck check = new(peer.Host, peer.Port);
        TcpCheck sourced = new(peer.Host, peer.Port, sourceHost: peer.Host);
        Socket[] held = [.. Enumerable.Range(0, 6).Select(_ => peer.Connect())];

        Observation seen = await check.ProbeAsync(TimeProvider.System, Cancel);
        Observation seenSourced = await sourced.ProbeAsync(TimeProvider.System, Cancel);
        held[0].Dispose();

        (seen.State, seen.Reason).ShouldBe((Error, "no local ports left: 127.0.0.1:2525"));
        (seenSourced.State, seenSourced.Reason).ShouldBe((Error, "no local ports left: 127.0.0.1:2525"));
        for (int probe = 0; probe < 20; probe++)
        {
            seen = await check.ProbeAsync(TimeProvider.System, Cancel);
            seenSourced = await sourced.ProbeAsync(TimeProvider.System, Cancel);
            (seen.State, seenSourced.State).ShouldBe((Ok, Ok), $"{probe}: {seen.Reason}; {seenSourced.Reason}");
        }
    }

    private static async Task Routes_decide()
    {
        using Socket refusing = Peer.Refusing(port: 2525);
        TcpCheck both = new("localhost.test", 2525)
        {
            NameResolver = new Resolver(_ => [IPAddress.IPv6Loopback, IPAddress.Loopback]),
        };

        (await See(new("192.0.2.1", 25))).ShouldBe((Fail, "unreachable: 192.0.2.1:25"));
        (await See(new("203.0.113.1", 25))).ShouldBe((Fail, "unreachable: 203.0.113.1:25"));
        (await See(new("198.51.100.1", 25))).ShouldBe((Error, "not permitted on this machine: 198.51.100.1:25"));
        (await See(new("::1", 25))).ShouldBe((Error, "no local address to come from: [::1]:25"));
        (await See(both)).ShouldBe(
            (Fail, "refused: 127.0.0.1:2525; no local address to come from: [::1]:2525 (2 addresses)")
        );
    }

    private static async Task<(HealthState, string)> See(TcpCheck check)
    {
        Observation seen = await check.ProbeAsync(TimeProvider.System, Cancel);
        return (seen.State, seen.Reason);
    }

    private static async Task Probe(TcpCheck check) => await check.ProbeAsync(TimeProvider.System, Cancel);

    private static async Task ProbeAndCancel(TcpCheck check, double afterSeconds)
    {
        using CancellationTokenSource stop = new(Second(afterSeconds), TimeProvider.System);
        try
        {
            await check.ProbeAsync(TimeProvider.System, stop.Token);
        }
        catch (OperationCanceledException) { }
    }

    private static void Free(Stack<Socket> sockets, int count)
    {
        for (int i = 0; i < count; i++)
        {
            sockets.Pop().Dispose();
        }
    }

    private static Socket? TryOpen()
    {
        try
        {
            return new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
