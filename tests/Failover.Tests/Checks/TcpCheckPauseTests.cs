using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Checks in a process that is stopped by a signal while they run, with targets in this one.</summary>
public sealed class TcpCheckPauseTests
{
    private const int Targets = 10;
    private const string Ports = "FAILOVER_TESTS_PORTS";
    private static readonly TimeSpan Timeout = Second(0.5);

    [Fact]
    public async Task What_the_target_answered_before_the_deadline_is_handled_is_the_verdict()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "stops and continues a process by signals");
        List<Peer> accepting = [.. Enumerable.Range(0, Targets).Select(_ => Peer.BlackHole())];
        List<Peer> refusing = [.. Enumerable.Range(0, Targets).Select(_ => Peer.BlackHole())];
        int[] ports = [.. accepting.Concat(refusing).Select(peer => peer.Port)];
        using StoppableProcess process = StoppableProcess.Start(
            Targets_are_probed,
            $"export {Ports}={string.Join(',', ports)}"
        );
        (await process.ReadLineAsync()).ShouldBe("probing");
        SpinWait.SpinUntil(() => AskedFor(ports) == ports.Length, Second(20)).ShouldBeTrue();

        process.Stop();
        refusing.ForEach(peer => peer.Dispose());
        // Linux repeats a SYN after 1 s, which is after the deadline.
        accepting.ForEach(peer => peer.CountArrivals(Second(20)).ShouldBeGreaterThan(0));
        SpinWait.SpinUntil(() => AskedFor(ports) == 0, Second(20)).ShouldBeTrue();
        process.Continue();

        for (int target = 0; target < ports.Length; target++)
        {
            string expected = target < Targets ? "Ok connected to" : "Fail refused:";
            (await process.ReadLineAsync()).ShouldStartWith($"{expected} 127.0.0.1:{ports[target]}");
        }

        accepting.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public async Task A_deadline_that_passed_in_a_connect_is_a_timeout_that_overlaps_a_pause()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "stops and continues a process by signals");
        using Peer hole = Peer.BlackHole();
        using StoppableProcess process = StoppableProcess.Start(Targets_are_probed, $"export {Ports}={hole.Port}");
        (await process.ReadLineAsync()).ShouldBe("probing");

        await process.StopForAsync(Second(2));

        (await process.ReadLineAsync()).ShouldBe($"Fail timed out: {hole.EndPoint}, timeout, overlaps a pause");
    }

    [Fact]
    public async Task A_deadline_that_passed_in_a_lookup_is_a_timeout_that_overlaps_a_pause()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "stops and continues a process by signals");
        using StoppableProcess process = StoppableProcess.Start(A_name_is_looked_up);
        (await process.ReadLineAsync()).ShouldBe("probing");

        await process.StopForAsync(Second(2));

        (await process.ReadLineAsync()).ShouldBe(
            "Fail name resolution timed out: hangs.test, timeout, overlaps a pause"
        );
    }

    [Fact]
    public async Task What_the_target_answered_while_the_pool_was_starved_is_the_verdict()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc/net/tcp");
        await SeparateProcess.RunAsync(The_deadline_passes_while_an_answer_waits_for_a_thread);
    }

    private static async Task The_deadline_passes_while_an_answer_waits_for_a_thread()
    {
        using Peer accepting = Peer.BlackHole();
        using Peer refusing = Peer.BlackHole();
        using CancellationTokenSource deadline = new();
        Task<TcpAttempt> accepted = TcpAttempt.RunAsync(new(accepting.EndPoint, null), TcpClose.Rst, deadline.Token);
        Task<TcpAttempt> refused = TcpAttempt.RunAsync(new(refusing.EndPoint, null), TcpClose.Rst, deadline.Token);
        using ManualResetEventSlim answer = new();
        Resolver resolver = new(
            _ =>
            {
                answer.Wait();
                return [IPAddress.Loopback];
            },
            linger: Second(0.01)
        );
        Task<Resolution> found = resolver.ResolveAsync("x.test", deadline.Token).AsTask();
        int threads = Environment.ProcessorCount;
        ThreadPool.SetMinThreads(threads, threads).ShouldBeTrue();
        ThreadPool.SetMaxThreads(threads, threads).ShouldBeTrue();
        using ManualResetEventSlim gate = new();
        using CountdownEvent blocked = new(threads);
        for (int thread = 0; thread < threads; thread++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    blocked.Signal();
                    gate.Wait();
                },
                null
            );
        }

        blocked.Wait(Second(20)).ShouldBeTrue();
        int[] ports = [accepting.Port, refusing.Port];
        refusing.Dispose();
        accepting.CountArrivals(Second(20)).ShouldBeGreaterThan(0);
        SpinWait.SpinUntil(() => AskedFor(ports) == 0, Second(20)).ShouldBeTrue();
        answer.Set();
        SpinWait.SpinUntil(() => resolver.Threads == 0, Second(20)).ShouldBeTrue();
        // On this thread, as the pool has none left.
#pragma warning disable CA1849, VSTHRD103
        deadline.Cancel();
#pragma warning restore CA1849, VSTHRD103
        gate.Set();

        TcpAttempt connected = await accepted;
        connected.Ending.ShouldBe(TcpEnding.Connected);
        connected.Socket!.Dispose();
        (await refused).Cause.ShouldBe("refused");
        (await found).Addresses.ShouldBe([IPAddress.Loopback]);
    }

    private static async Task Targets_are_probed()
    {
        int[] ports =
        [
            .. Environment
                .GetEnvironmentVariable(Ports)!
                .Split(',')
                .Select(port => int.Parse(port, CultureInfo.InvariantCulture)),
        ];
        // Compiled before, so that the stop does not come in the middle of it.
        await new TcpCheck("127.0.0.1", ports[0], Second(0.05)).ProbeAsync(TimeProvider.System, CancellationToken.None);
        using PauseWatch watch = BegunWatch.Start(BootTime.Instance);
        await ProbeAsync(watch, [.. ports.Select(port => new TcpCheck("127.0.0.1", port, Timeout))]);
    }

    private static async Task A_name_is_looked_up()
    {
        using ManualResetEventSlim never = new();
        Resolver resolver = new(_ =>
        {
            never.Wait();
            return [];
        });
        using PauseWatch watch = BegunWatch.Start(BootTime.Instance);
        await ProbeAsync(watch, new TcpCheck("hangs.test", 25, Timeout) { NameResolver = resolver });
    }

    private static async Task ProbeAsync(PauseWatch watch, params TcpCheck[] checks)
    {
        long started = BootTime.Instance.GetTimestamp();
        Task<Observation>[] probes =
        [
            .. checks.Select(check => check.ProbeAsync(BootTime.Instance, CancellationToken.None).AsTask()),
        ];
        await Console.Out.WriteLineAsync("probing");
        foreach (Task<Observation> probe in probes)
        {
            Observation seen = await probe;
            string kind = seen.IsTimeout ? ", timeout" : "";
            string overlap = watch.Overlaps(started, BootTime.Instance.GetTimestamp()) ? ", overlaps a pause" : "";
            await Console.Out.WriteLineAsync($"{seen.State} {seen.Reason}{kind}{overlap}");
        }
    }

    // How many of them a SYN is on its way to. A line of /proc/net/tcp: number, local end, remote end, state; 02 is SYN_SENT. Read once for
    // all, as it may be long, and all are so for half a second only.
    private static int AskedFor(int[] ports)
    {
        string[] asked =
        [
            .. File.ReadLines("/proc/net/tcp").Where(line => line.Contains(" 02 ", StringComparison.Ordinal)),
        ];
        return ports.Count(port =>
        {
            string remote = string.Create(CultureInfo.InvariantCulture, $":{port:X4} 02 ");
            return asked.Any(line => line.Contains(remote, StringComparison.Ordinal));
        });
    }
}
