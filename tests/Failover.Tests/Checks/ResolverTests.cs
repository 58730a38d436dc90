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
        TcpCheck check = new("hangs.test", 25, Second(10)) { Resolver = new(hanging.LookUp) };
        Task<Observation> probe = check.ProbeAsync(time, Cancel).AsTask();
        hanging.WaitForStarts(1);

        time.Advance(Second(10));

        Observation seen = await probe.WaitAsync(Second(20), TimeProvider.System, Cancel);
        (seen.State, seen.Reason).ShouldBe((Fail, "name resolution timed out: hangs.test"));
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
        // The thread may not be back for more when the next name is asked for: one in reserve, no more.
        resolver.Threads.ShouldBeInRange(1, 2);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "no such host")]
    [InlineData(SocketError.NoData, "no such host")]
    [InlineData(SocketError.TryAgain, "name resolution failed")]
    [InlineData(SocketError.NoRecovery, "name resolution failed")]
    [InlineData(SocketError.SocketError, "name resolution failed")]
    public async Task What_the_system_says_becomes_a_cause(SocketError error, string cause)
    {
        TcpCheck check = new("x.test", 25) { Resolver = new(_ => throw new SocketException((int)error)) };

        Observation seen = await check.ProbeAsync(TimeProvider.System, Cancel);

        (seen.State, seen.Reason).ShouldBe((Fail, $"{cause}: x.test"));
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
        TcpCheck check = new("127.0.0.1", 25, sourceHost: "source.test") { Resolver = new(_ => []) };

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
