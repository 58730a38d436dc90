using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Real ICMP, on loopback and in networks of the tests' own.</summary>
public sealed class PingCheckTests
{
    // A network of its own begins with nobody in net.ipv4.ping_group_range (icmp(7)).
    private const string Nobody = "true";
    private const string Everybody = "echo '0 0' > /proc/sys/net/ipv4/ping_group_range";

    // The system leaves the replies to the test's own peer.
    private const string Silent = "ip link set lo up; echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all";

    private static readonly TimeSpan Short = Second(0.3);

    [Theory]
    [InlineData(Nobody, nameof(SocketType.Raw))]
    [InlineData(Everybody, nameof(SocketType.Dgram))]
    public async Task A_machine_that_replies_is_ok(string rights, string kind)
    {
        await SeparateProcess.RunAsync(
            Loopback_replies,
            $"ip link set lo up; {rights}; export FAILOVER_TESTS_SOCKET={kind}",
            SeparateProcess.NamespaceOrSkip()
        );

        static async Task Loopback_replies()
        {
            foreach (string host in new[] { "127.0.0.1", "::1", "localhost" })
            {
                Observation seen = await SeenAsync(new(host));
                (seen.State, seen.Reason).ShouldBe((Ok, seen.Reason));
                seen.Reason.ShouldMatch(@"^reply from (127\.0\.0\.1|::1) in [\d.]+ms$");
                seen.PerformanceData.ShouldMatch(@"^rta=[\d.]+s rtmax=[\d.]+s replies=1$");
            }

            using Socket socket = EchoSocket.Open(AddressFamily.InterNetwork);
            socket.SocketType.ToString().ShouldBe(Environment.GetEnvironmentVariable("FAILOVER_TESTS_SOCKET"));
            new PingCheck("127.0.0.1").FindLocalFault().ShouldBeNull();
        }
    }

    [Fact]
    public async Task Without_the_right_to_send_it_is_an_error_and_check_knows_it()
    {
        string within = $"{SeparateProcess.NamespaceOrSkip()} setpriv --bounding-set=-net_raw --inh-caps=-net_raw";
        await SeparateProcess.SkipUnlessRunsAsync(within);
        await SeparateProcess.RunAsync(It_is_an_error, $"ip link set lo up; {Nobody}", within);

        static async Task It_is_an_error()
        {
            PingCheck check = new("127.0.0.1");
            Observation seen = await SeenAsync(check);

            (seen.State, seen.Reason).ShouldBe((Error, check.FindLocalFault()!));
            seen.Reason.ShouldStartWith("ICMP is not permitted on this machine: ");
        }
    }

    [Fact]
    public async Task Where_no_way_leads_to_it_is_unreachable_and_what_is_forbidden_here_is_an_error() =>
        await SeparateProcess.RunAsync(
            Routes_are_judged,
            "ip link set lo up; ip route add unreachable 192.0.2.0/24; ip route add prohibit 198.51.100.0/24",
            SeparateProcess.NamespaceOrSkip()
        );

    private static async Task Routes_are_judged()
    {
        Observation unreachable = await SeenAsync(new("192.0.2.1"));
        Observation forbidden = await SeenAsync(new("198.51.100.1"));
        Observation nowhere = await SeenAsync(new("203.0.113.1"));
        Observation both = await SeenAsync(
            new("both.test")
            {
                NameResolver = new Resolver(_ => [IPAddress.Parse("198.51.100.1"), IPAddress.Parse("192.0.2.1")]),
            }
        );

        (unreachable.State, unreachable.Reason).ShouldBe((Fail, "unreachable: 192.0.2.1"));
        (nowhere.State, nowhere.Reason).ShouldBe((Fail, "unreachable: 203.0.113.1"));
        (forbidden.State, forbidden.Reason).ShouldBe((Error, "not permitted on this machine: 198.51.100.1"));
        (both.State, both.Reason).ShouldBe(
            (Fail, "unreachable: 192.0.2.1; not permitted on this machine: 198.51.100.1 (2 addresses)")
        );
    }

    [Fact]
    public async Task Each_request_counts_once()
    {
        await InSilenceAsync(Requests_are_counted);

        static async Task Requests_are_counted()
        {
            using EchoPeer peer = new(
                (peer, request) =>
                {
                    if (EchoPeer.SequenceOf(request) != 1)
                    {
                        peer.Reply(request);
                        peer.Reply(request);
                    }
                }
            );

            foreach ((double loss, HealthState state) in new[] { (100.0, Ok), (34.0, Ok), (33.0, Fail), (1.0, Fail) })
            {
                PingCheck check = new("127.0.0.1", count: 3, spacing: Second(0.02), loss: loss, timeout: Short);
                Observation seen = await SeenAsync(check);

                (seen.State, seen.IsTimeout).ShouldBe((state, state == Fail), $"{loss}: {seen.Reason}");
                seen.Reason.ShouldStartWith(
                    state == Ok ? "reply from 127.0.0.1 in " : "1 of 3 requests lost: 127.0.0.1"
                );
            }
        }
    }

    [Fact]
    public async Task The_first_reply_is_enough_where_all_others_may_be_lost()
    {
        await InSilenceAsync(The_third_is_replied_to);

        static async Task The_third_is_replied_to()
        {
            int requests = 0;
            using EchoPeer peer = new(
                (peer, request) =>
                {
                    requests++;
                    if (EchoPeer.SequenceOf(request) == 2)
                    {
                        peer.Reply(request);
                    }
                }
            );

            Observation seen = await SeenAsync(new("127.0.0.1", count: 5, spacing: Second(0.05), timeout: Minute(1)));

            seen.State.ShouldBe(Ok, seen.Reason);
            requests.ShouldBe(3);
        }
    }

    [Fact]
    public async Task A_late_reply_is_a_lost_one()
    {
        await InSilenceAsync(Replies_are_late);

        static async Task Replies_are_late()
        {
            using EchoPeer peer = new(
                (peer, request) =>
                {
                    // Real time: what is late is late by the clock.
                    Thread.Sleep(Second(0.06));
                    peer.Reply(request);
                }
            );

            Observation seen = await SeenAsync(
                new("127.0.0.1", count: 2, spacing: Second(0.02), latency: Second(0.05), timeout: Minute(1))
            );

            (seen.State, seen.IsTimeout).ShouldBe((Fail, true));
            seen.Reason.ShouldBe("2 of 2 requests lost, 2 of them slower than 50ms: 127.0.0.1");
            seen.PerformanceData.ShouldMatch(@"^rta=[\d.]+s rtmax=[\d.]+s replies=2$");
        }
    }

    [Fact]
    public async Task What_is_no_reply_is_ignored_and_none_is_a_timeout()
    {
        await InSilenceAsync(Everything_but_the_reply);

        static async Task Everything_but_the_reply()
        {
            int requests = 0;
            using EchoPeer peer = new(
                (peer, request) =>
                {
                    requests++;
                    peer.Reply(request, reply => reply[8]++);
                    peer.Reply(request, reply => reply[1] = 1);
                    peer.Reply(request, reply => reply[7] += 100);
                    peer.Reply(request, reply => reply[0] = 13);
                    peer.Reply(request, reply => reply[^1]++);
                }
            );

            Observation seen = await SeenAsync(new("127.0.0.1", count: 1, timeout: Short));

            requests.ShouldBe(1);
            (seen.State, seen.IsTimeout, seen.Reason, seen.PerformanceData).ShouldBe(
                (Fail, true, "no reply within 300ms: 127.0.0.1", "")
            );
        }
    }

    public static TheoryData<string, Action> Wrong =>
        new()
        {
            { "host", () => _ = new PingCheck(null!) },
            { "host", () => _ = new PingCheck("192.0.2.256") },
            { "count", () => _ = new PingCheck("a", count: 0) },
            { "count", () => _ = new PingCheck("a", count: 1001) },
            { "spacing", () => _ = new PingCheck("a", spacing: Second(0)) },
            { "spacing", () => _ = new PingCheck("a", count: 12) },
            { "loss", () => _ = new PingCheck("a", loss: 0) },
            { "loss", () => _ = new PingCheck("a", loss: 100.1) },
            { "latency", () => _ = new PingCheck("a", latency: Second(-1)) },
            { "family", () => _ = new PingCheck("::1", family: IpFamily.Ipv4) },
            { "family", () => _ = new PingCheck("a", family: (IpFamily)7) },
            { "timeout", () => _ = new PingCheck("a", timeout: Day(31)) },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_argument_is_refused_by_name(string name, Action make)
    {
        ArgumentException refused = Should.Throw<ArgumentException>(make);

        refused.ParamName.ShouldBe(name);
        refused.Message.ShouldContain("; accepted: ");
    }

    [Fact]
    public async Task A_name_is_looked_up_and_of_its_addresses_those_of_the_family_are_tried()
    {
        Resolver names = new(host =>
            host == "four.test"
                ? [IPAddress.Parse("192.0.2.1")]
                : throw new SocketException((int)SocketError.HostNotFound)
        );

        Observation none = await SeenAsync(new("none.test") { NameResolver = names });
        Observation six = await SeenAsync(new("four.test", family: IpFamily.Ipv6) { NameResolver = names });

        (none.State, none.Reason).ShouldBe((Fail, "no such host: none.test"));
        (six.State, six.Reason).ShouldBe((Fail, "no IPv6 address: four.test"));
    }

    private static Task InSilenceAsync(Func<Task> test) =>
        SeparateProcess.RunAsync(test, Silent, SeparateProcess.NamespaceOrSkip());

    private static ValueTask<Observation> SeenAsync(PingCheck check) =>
        check.ProbeAsync(TimeProvider.System, CancellationToken.None);
}
