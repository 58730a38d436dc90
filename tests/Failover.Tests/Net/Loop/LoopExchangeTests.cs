using System.Runtime.Versioning;

namespace Failover;

/// <summary>HTTP checks that run whole on an event loop.</summary>
[SupportedOSPlatform("linux")]
public sealed class LoopExchangeTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

    private static readonly Lazy<EventLoop> Shared = new(() =>
        new EventLoop(new Epoll(), BootTime.Instance, number: 102)
    );

    public LoopExchangeTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "event loops are for Linux");

    private static EventLoop Loop => Shared.Value;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_probe_ends_on_the_loop()
    {
        await using FaultServer server = FaultServer.Answering(Answer);

        Outcome outcome = await Owner.RunAsync(new HttpCheck(server.Url, bodyMatches: "^OK$"));

        (outcome.Seen.State, outcome.WasOnLoop).ShouldBe((Ok, true));
        outcome.Ended.ShouldBeGreaterThan(outcome.Started);
    }

    [Theory]
    [InlineData("^(a|aa)+$", 20_000)]
    [InlineData("^(a{2}|a)+$", 2000)]
    public async Task What_takes_long_to_judge_is_judged_elsewhere(string pattern, int length)
    {
        await using FaultServer server = FaultServer.Answering($"HTTP/1.1 200 OK\r\n\r\n{new string('a', length)}");

        Outcome outcome = await Owner.RunAsync(new HttpCheck(server.Url, bodyMatches: pattern));

        (outcome.Seen.State, outcome.WasOnLoop).ShouldBe((Ok, false), outcome.Seen.Reason);
    }

    [Fact]
    public async Task A_probe_that_is_abandoned_closes_its_connection()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await FaultServer.ReadHeadAsync(stream, cancel);
                asked.TrySetResult();
            }
        );
        Owner owner = new();
        ILoopProbe probe = owner.Make(new HttpCheck(server.Url));

        Loop.Post(probe);
        await asked.Task;
        probe.Abandon(7);
        probe.Abandon(7);

        Outcome outcome = await owner.Task;
        (outcome.Seen.State, outcome.Seen.Reason).ShouldBe((Error, "cancelled"));
    }

    [Fact]
    public async Task A_probe_that_is_abandoned_before_it_begins_connects_to_nothing()
    {
        Owner owner = new();
        ILoopProbe probe = owner.Make(new HttpCheck("http://127.0.0.1:1/"));

        probe.Abandon(7);
        Loop.Post(probe);

        (await owner.Task).Seen.Reason.ShouldBe("cancelled");
    }

    // Real time: the loop has no other.
    [Theory]
    [InlineData("", "while waiting for the answer")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nO", "while reading the answer")]
    public async Task A_target_that_stops_is_a_timeout_that_names_the_phase(string begin, string phase)
    {
        await using FaultServer server = new(
            async (stream, cancel) => await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(begin), cancel)
        );

        Outcome outcome = await Owner.RunAsync(new HttpCheck(server.Url, timeout: Second(0.2)));

        (outcome.Seen.State, outcome.Seen.Reason, outcome.Seen.IsTimeout).ShouldBe(
            (Fail, $"timed out after 200ms {phase}: {server.Authority}", true)
        );
    }

    // Real time: the loop has no other.
    [Fact]
    public async Task A_connect_that_fails_reads_as_that_of_any_check()
    {
        using Peer hole = Peer.BlackHole();
        using System.Net.Sockets.Socket refusing = Peer.Refusing();

        Outcome silent = await Owner.RunAsync(new HttpCheck($"http://{hole.EndPoint}/", timeout: Second(0.05)));
        Outcome refused = await Owner.RunAsync(new HttpCheck($"http://{refusing.LocalEndPoint}/"));

        (silent.Seen.Reason, silent.Seen.IsTimeout).ShouldBe(($"timed out: {hole.EndPoint}", true));
        (refused.Seen.State, refused.Seen.Reason).ShouldBe((Fail, $"refused: {refusing.LocalEndPoint}"));
    }

    [Theory]
    [InlineData("http://localhost/", "a name is looked up elsewhere")]
    [InlineData("https://127.0.0.1/", "TLS")]
    [InlineData("http://[::1%lo]/", "a scope")]
    public void A_check_that_needs_more_does_not_run_on_a_loop(string url, string why) =>
        Owner.TryMake(new HttpCheck(url)).ShouldBeNull(why);

    [Fact]
    public void Neither_does_one_with_a_redirect_a_proxy_HTTP_2_or_a_Unix_socket()
    {
        const string Url = "http://127.0.0.1/";

        Owner.TryMake(new HttpCheck(Url, followRedirects: true)).ShouldBeNull();
        Owner.TryMake(new HttpCheck(Url, proxy: "http://127.0.0.1:1")).ShouldBeNull();
        Owner.TryMake(new HttpCheck(Url, protocol: HttpProtocol.Http2)).ShouldBeNull();
        Owner.TryMake(new HttpCheck(Url, connectTo: "unix:/run/x")).ShouldBeNull();
        Owner.TryMake(new HttpCheck(Url, ca: "/etc/ca.pem")).ShouldBeNull();
        Owner.TryMake(new HttpCheck("http://web.example.net/", connectTo: "127.0.0.1:1")).ShouldNotBeNull();
    }

    private readonly record struct Outcome(Observation Seen, long Started, long Ended, bool WasOnLoop);

    private sealed class Owner()
        : TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously),
            ILoopProbeOwner
    {
        public static ILoopProbe? TryMake(HttpCheck check) => ((ILoopCheck)check).ProbeOn(Loop, 1, new Owner());

        public static async Task<Outcome> RunAsync(HttpCheck check)
        {
            Owner owner = new();
            Loop.Post(owner.Make(check));
            return await owner.Task.WaitAsync(Second(30), Cancel);
        }

        public ILoopProbe Make(HttpCheck check) => ((ILoopCheck)check).ProbeOn(Loop, 7, this).ShouldNotBeNull();

        // A second end would throw.
        void ILoopProbeOwner.Ended(long number, Observation seen, long started, long ended) =>
            SetResult(new(seen, started, ended, number == 7 && Loop.IsCurrent));
    }
}
