using System.Net;
using System.Net.Sockets;

namespace Failover;

public sealed class ResolverTests
{
    private static readonly IPAddress[] Some = [IPAddress.Parse("127.0.0.1")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lookup_that_hangs_times_out_at_the_deadline()
    {
        using Hanging hanging = new();
        ManualTime time = new();
        TcpCheck check = new("hangs.test", 25, Second(10)) { NameResolver = new Resolver(hanging.LookUp) };
        Task<Observation> probe = check.ProbeAsync(time, Cancel).AsTask();
        hanging.WaitForStarts(1);

        time.Advance(Second(10));

        Observation seen = await probe.WaitAsync(Second(20), TimeProvider.System, Cancel);
        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe((Fail, "name resolution timed out: hangs.test", true));
    }

    [Fact]
    public async Task A_lookup_that_hangs_is_not_started_twice_and_what_it_finds_at_last_is_shared()
    {
        using Hanging hanging = new();
        Resolver resolver = new(hanging.LookUp);
        using CancellationTokenSource deadline = new();
        ValueTask<Resolution> givesUp = resolver.ResolveAsync("hangs.test", deadline.Token);
        hanging.WaitForStarts(1);
        await deadline.CancelAsync();
        (await givesUp).Cause.ShouldBe("name resolution timed out");

        ValueTask<Resolution> waits = resolver.ResolveAsync("HANGS.test", Cancel);
        hanging.End();

        (await waits).Addresses.ShouldBe(Some);
        hanging.Starts.ShouldBe(1);
    }

    [Fact]
    public async Task Threads_are_bounded_and_a_lookup_that_never_started_is_an_error()
    {
        using Hanging hanging = new();
        Resolver resolver = new(hanging.LookUp, threadLimit: 4);
        using CancellationTokenSource deadline = new();
        Task<Resolution>[] lookups =
        [
            .. Enumerable.Range(0, 10).Select(i => resolver.ResolveAsync($"{i}.test", deadline.Token).AsTask()),
        ];
        hanging.WaitForStarts(4);

        resolver.Threads.ShouldBe(4);
        await deadline.CancelAsync();

        Resolution[] outcomes = await Task.WhenAll(lookups);
        hanging.Starts.ShouldBe(4);
        outcomes.Count(outcome => outcome.Cause is "name resolution timed out").ShouldBe(4);
        outcomes.Count(outcome => outcome.IsLocalFault).ShouldBe(6);
        outcomes.Last().Cause.ShouldBe("name resolution did not start, 4 lookups are waiting for an answer");
    }

    [Fact]
    public async Task Of_1_100_names_that_hang_1_024_are_looked_up()
    {
        using Hanging hanging = new();
        Resolver resolver = new(hanging.LookUp, linger: Second(0.05));
        using CancellationTokenSource deadline = new();
        Task<Resolution>[] lookups =
        [
            .. Enumerable.Range(0, 1100).Select(i => resolver.ResolveAsync($"{i}.test", deadline.Token).AsTask()),
        ];
        hanging.WaitForStarts(1024);

        await deadline.CancelAsync();

        Resolution[] outcomes = await Task.WhenAll(lookups);
        (hanging.Starts, resolver.Threads).ShouldBe((1024, 1024));
        outcomes.Count(outcome => outcome.IsTimeout).ShouldBe(1024);
        outcomes.Count(outcome => outcome.IsLocalFault).ShouldBe(76);
        hanging.End();
        SpinWait.SpinUntil(() => resolver.Threads == 0, Second(20)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_lookup_that_began_after_a_wait_for_a_thread_is_no_fail_of_its_servers()
    {
        using Hanging first = new();
        using Hanging second = new();
        Resolver resolver = new(
            host => host is "first.test" ? first.LookUp(host) : second.LookUp(host),
            threadLimit: 1
        );
        ValueTask<Resolution> holdsTheThread = resolver.ResolveAsync("first.test", Cancel);
        using CancellationTokenSource deadline = new();
        ValueTask<Resolution> hadToWait = resolver.ResolveAsync("second.test", deadline.Token);
        ValueTask<Resolution> joined = resolver.ResolveAsync("second.test", deadline.Token);
        first.End();
        (await holdsTheThread).Addresses.ShouldBe(Some);
        second.WaitForStarts(1);
        ValueTask<Resolution> cameLater = resolver.ResolveAsync("second.test", deadline.Token);

        await deadline.CancelAsync();

        (await hadToWait).Cause.ShouldBe("name resolution started late, 1 lookups are waiting for an answer");
        (await joined).IsLocalFault.ShouldBeTrue();
        (await cameLater).Cause.ShouldBe("name resolution timed out");
    }

    [Fact]
    public async Task Servers_that_were_silent_to_a_lookup_that_began_earlier_are_asked_again()
    {
        using Hanging hanging = new();
        int lookups = 0;
        Resolver resolver = new(host =>
        {
            bool isFirst = Interlocked.Increment(ref lookups) == 1;
            hanging.LookUp(host);
            return isFirst ? throw new SocketException((int)SocketError.TryAgain) : Some;
        });
        ValueTask<Resolution> first = resolver.ResolveAsync("slow.test", Cancel);
        hanging.WaitForStarts(1);
        ValueTask<Resolution> second = resolver.ResolveAsync("slow.test", Cancel);

        hanging.End();

        (await first).Cause.ShouldBe("name resolution failed");
        (await second).Addresses.ShouldBe(Some);
    }

    [Fact]
    public async Task Addresses_are_not_looked_up()
    {
        using Peer peer = Peer.Accepting("::1");
        Resolver resolver = new(host => throw new InvalidOperationException(host));
        TcpCheck[] checks =
        [
            new("127.0.0.1", peer.Port, sourceHost: "127.0.0.1") { NameResolver = resolver },
            new("::1", peer.Port) { NameResolver = resolver },
            new("::ffff:127.0.0.1", peer.Port) { NameResolver = resolver },
            new("fe80::1%lo", peer.Port) { NameResolver = resolver },
            new("fe80::1%nosuch0", peer.Port) { NameResolver = resolver },
        ];

        foreach (TcpCheck check in checks)
        {
            await check.ProbeAsync(TimeProvider.System, Cancel);
        }

        resolver.Threads.ShouldBe(0);
    }

    [Fact]
    public async Task Threads_end_when_there_is_nothing_to_look_up()
    {
        using Hanging hanging = new();
        Resolver resolver = new(hanging.LookUp, linger: Second(0.05));
        Task<Resolution>[] lookups =
        [
            .. Enumerable.Range(0, 200).Select(i => resolver.ResolveAsync($"{i}.test", Cancel).AsTask()),
        ];
        hanging.WaitForStarts(200);

        resolver.Threads.ShouldBe(200);
        hanging.End();

        await Task.WhenAll(lookups);
        SpinWait.SpinUntil(() => resolver.Threads == 0, Second(20)).ShouldBeTrue();
        (await resolver.ResolveAsync("again.test", Cancel)).Addresses.ShouldBe(Some);
    }

    [Fact]
    public async Task Few_names_leave_the_threads_that_many_needed_to_end()
    {
        using Hanging hanging = new();
        Resolver resolver = new(hanging.LookUp, linger: Second(0.5));
        Task<Resolution>[] lookups =
        [
            .. Enumerable.Range(0, 20).Select(i => resolver.ResolveAsync($"{i}.test", Cancel).AsTask()),
        ];
        hanging.WaitForStarts(20);
        hanging.End();
        await Task.WhenAll(lookups);

        // Asking for a name again and again keeps one thread, and not each of them in turn.
        using CancellationTokenSource patience = new(Second(20), TimeProvider.System);
        while (resolver.Threads > 1)
        {
            await resolver.ResolveAsync("again.test", Cancel);
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task Lookups_that_had_to_wait_are_made_when_a_thread_is_free()
    {
        using Hanging hanging = new();
        Resolver resolver = new(hanging.LookUp, threadLimit: 2);
        Task<Resolution>[] lookups =
        [
            .. Enumerable.Range(0, 50).Select(i => resolver.ResolveAsync($"{i}.test", Cancel).AsTask()),
        ];
        hanging.WaitForStarts(2);

        hanging.End();

        (await Task.WhenAll(lookups)).ShouldAllBe(outcome => outcome.Cause == null);
        resolver.Threads.ShouldBe(2);
    }

    [Fact]
    public async Task A_thread_serves_one_name_after_another_and_none_is_of_the_pool()
    {
        List<(int Thread, bool IsPool)> seen = [];
        Resolver resolver = new(_ =>
        {
            seen.Add((Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread));
            return Some;
        });

        for (int i = 0; i < 100; i++)
        {
            (await resolver.ResolveAsync($"{i % 3}.test", Cancel)).Addresses.ShouldBe(Some);
        }

        seen.Count.ShouldBe(100);
        seen.ShouldAllBe(lookup => !lookup.IsPool);
        resolver.Threads.ShouldBe(1);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "no such host", false)]
    [InlineData(SocketError.NoData, "no such host", false)]
    [InlineData(SocketError.TryAgain, "name resolution failed", true)]
    [InlineData(SocketError.NoRecovery, "name resolution failed", false)]
    [InlineData(SocketError.SocketError, "name resolution failed", true)]
    public async Task What_the_system_says_becomes_a_cause(SocketError error, string cause, bool mayBeTimeout)
    {
        TcpCheck check = new("x.test", 25) { NameResolver = new Resolver(_ => throw new SocketException((int)error)) };

        Observation seen = await check.ProbeAsync(TimeProvider.System, Cancel);

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe((Fail, $"{cause}: x.test", mayBeTimeout));
    }

    [Fact]
    public async Task A_lookup_that_breaks_ends_neither_the_thread_nor_the_process()
    {
        Resolver resolver = new(host => host is "bad" ? throw new InvalidOperationException() : Some, threadLimit: 1);

        (await resolver.ResolveAsync("bad", Cancel)).Cause.ShouldBe("name resolution failed");
        (await resolver.ResolveAsync("good", Cancel)).Addresses.ShouldBe(Some);
    }

    [Fact]
    public async Task Doubled_addresses_are_one_and_an_IPv4_address_in_IPv6_form_is_IPv4()
    {
        Resolver resolver = new(_ => [.. Some, IPAddress.Parse("::1"), IPAddress.Parse("::ffff:127.0.0.1")]);

        Resolution found = await resolver.ResolveAsync("x.test", Cancel);

        found.Addresses.ShouldBe([.. Some, IPAddress.IPv6Loopback]);
    }

    [Fact]
    public async Task No_addresses_is_no_such_host() =>
        (await new Resolver(_ => []).ResolveAsync("x.test", Cancel)).Cause.ShouldBe("no such host");

    [Fact]
    public async Task A_source_that_cannot_be_looked_up_is_an_error()
    {
        TcpCheck check = new("127.0.0.1", 25, sourceHost: "source.test") { NameResolver = new Resolver(_ => []) };

        Observation seen = await check.ProbeAsync(TimeProvider.System, Cancel);

        (seen.State, seen.Reason).ShouldBe((Error, "no such host: source source.test"));
    }

    private sealed class Hanging : IDisposable
    {
        private readonly ManualResetEventSlim ended = new();
        private int starts;

        public int Starts => Volatile.Read(ref starts);

        public IPAddress[] LookUp(string host)
        {
            Interlocked.Increment(ref starts);
            ended.Wait();
            return Some;
        }

        public void WaitForStarts(int count) => SpinWait.SpinUntil(() => Starts >= count, Second(20)).ShouldBeTrue();

        public void End() => ended.Set();

        // Not the event: threads may still be on their way out of it.
        public void Dispose() => ended.Set();
    }
}
