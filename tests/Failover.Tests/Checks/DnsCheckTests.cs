using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>What DnsCheck makes of what a server of the tests' own says; bind is asked in the end-to-end tests.</summary>
public sealed class DnsCheckTests
{
    private const string Name = "www.example.net";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("192.0.2.1 192.0.2.2", null, DnsMatch.All, null, Ok, "192.0.2.1, 192.0.2.2 in ")]
    [InlineData("192.0.2.1 192.0.2.2", "192.0.2.2", DnsMatch.All, null, Ok, "192.0.2.1, 192.0.2.2 in ")]
    [InlineData("192.0.2.1", "192.0.2.1 192.0.2.2", DnsMatch.All, null, Fail, "lacks 192.0.2.2, has 192.0.2.1: A ")]
    [InlineData("192.0.2.1", "192.0.2.1 192.0.2.2", DnsMatch.Any, null, Ok, "192.0.2.1 in ")]
    [InlineData("192.0.2.3", "192.0.2.1 192.0.2.2", DnsMatch.Any, null, Fail, "has none of 192.0.2.1, 192.0.2.2, has ")]
    [InlineData("192.0.2.2 192.0.2.1", "192.0.2.1 192.0.2.2", DnsMatch.Exactly, null, Ok, "192.0.2.2, 192.0.2.1 in ")]
    [InlineData(
        "192.0.2.1 192.0.2.9",
        "192.0.2.1",
        DnsMatch.Exactly,
        null,
        Fail,
        "has 192.0.2.9, which is not expected: "
    )]
    [InlineData("192.0.2.1", "192.0.2.1 192.0.2.2", DnsMatch.Exactly, null, Fail, "lacks 192.0.2.2, has ")]
    [InlineData("192.0.2.1 192.0.2.2", null, DnsMatch.All, 2, Ok, "192.0.2.1, ")]
    [InlineData(
        "192.0.2.1 192.0.2.2",
        null,
        DnsMatch.All,
        3,
        Fail,
        "2 of at least 3 records (192.0.2.1, 192.0.2.2): A "
    )]
    [InlineData("", null, DnsMatch.All, null, Fail, "no record: A www.example.net at 127.0.0.1:")]
    public async Task Answers_are_compared(
        string answers,
        string? expect,
        DnsMatch match,
        int? count,
        HealthState state,
        string reason
    )
    {
        await using NameServer server = new(query =>
            [NameServer.Answer(query, [.. Words(answers).Select(address => NameServer.A(address))])]
        );
        DnsCheck check = new(
            Name,
            server: server.Address,
            expect: expect is null ? null : Words(expect),
            match: match,
            count: count
        );

        Observation seen = await ProbeAsync(check);

        seen.State.ShouldBe(state, seen.Reason);
        seen.Reason.ShouldStartWith(reason);
        seen.PerformanceData.ShouldMatch(@"^name=\S+ first_byte=\S+ total=\S+$");
    }

    [Theory]
    [InlineData(3, DnsResponseCode.NoError, Fail, "NXDOMAIN: A www.example.net at ")]
    [InlineData(3, DnsResponseCode.NxDomain, Ok, "NXDOMAIN in ")]
    [InlineData(0, DnsResponseCode.NxDomain, Fail, "NOERROR, not NXDOMAIN: ")]
    [InlineData(2, DnsResponseCode.NoError, Fail, "SERVFAIL: ")]
    [InlineData(5, DnsResponseCode.Refused, Ok, "REFUSED in ")]
    [InlineData(9, DnsResponseCode.NoError, Fail, "RCODE9: ")]
    public async Task The_response_code_is_compared(
        int code,
        DnsResponseCode expected,
        HealthState state,
        string reason
    )
    {
        await using NameServer server = new(query => [NameServer.Answer(query, [], code)]);

        Observation seen = await ProbeAsync(new DnsCheck(Name, server: server.Address, rcode: expected));

        seen.State.ShouldBe(state);
        seen.Reason.ShouldStartWith(reason);
    }

    [Fact]
    public async Task Only_records_of_the_name_and_of_what_it_is_an_alias_of_count()
    {
        await using NameServer server = new(query =>
            [
                NameServer.Answer(
                    query,
                    [
                        NameServer.A("192.0.2.9", "other.example.net"),
                        NameServer.A("192.0.2.1", "B.example.net"),
                        NameServer.Record(DnsRecordType.Cname, DnsNames.Encode("b.example.net"), "a.example.net"),
                        NameServer.Record(DnsRecordType.Cname, DnsNames.Encode("a.example.net")),
                        // Two that stand for each other.
                        NameServer.Record(DnsRecordType.Cname, DnsNames.Encode("a.example.net"), "b.example.net"),
                    ]
                ),
            ]
        );

        (await ProbeAsync(new DnsCheck(Name, server: server.Address))).Reason.ShouldStartWith("192.0.2.1 in ");
    }

    [Fact]
    public async Task A_name_that_is_spelt_in_another_way_is_the_same()
    {
        await using NameServer server = new(query =>
            [
                NameServer.Answer(
                    [.. query[..12], .. query[12..].Select(octet => (byte)char.ToUpperInvariant((char)octet))],
                    [NameServer.Record(DnsRecordType.Mx, [0, 10, .. DnsNames.Encode("MX.example.net")])]
                ),
            ]
        );
        DnsCheck check = new($"{Name}.", DnsRecordType.Mx, server.Address, ["10  mx.EXAMPLE.net."]);

        Observation seen = await ProbeAsync(check);

        seen.State.ShouldBe(Ok, seen.Reason);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_does_not_wait_for_the_timeout()
    {
        string closed;
        using (UdpClient taken = new(new IPEndPoint(IPAddress.Loopback, 0)))
        {
            closed = $"{taken.Client.LocalEndPoint}";
        }

        // Without the system's word, this would take an hour.
        Observation seen = await ProbeAsync(new DnsCheck(Name, server: closed, timeout: Hour(1)));

        (seen.State, seen.IsTimeout, seen.Reason).ShouldBe((Fail, false, $"refused: {closed}"));
    }

    [Fact]
    public async Task Datagrams_that_are_no_answer_to_the_query_are_passed_over()
    {
        await using NameServer server = new(query =>
        {
            byte[] otherIdentity = [(byte)(query[0] ^ 1), .. query[1..]];
            byte[] otherQuestion = [.. query];
            otherQuestion[13] ^= 1;
            return
            [
                [],
                [1, 2, 3],
                Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n"),
                NameServer.Answer(otherIdentity, [NameServer.A("192.0.2.66")]),
                NameServer.Answer(otherQuestion, [NameServer.A("192.0.2.67")]),
                query,
                NameServer.Answer(query, [NameServer.A("192.0.2.1")]),
            ];
        });

        (await ProbeAsync(new DnsCheck(Name, server: server.Address))).Reason.ShouldStartWith("192.0.2.1 in ");
    }

    [Fact]
    public async Task Nothing_but_other_datagrams_is_a_timeout_that_says_so()
    {
        ManualTime time = new();
        TaskCompletionSource asked = new();
        await using NameServer server = new(AnswerOther);
        DnsCheck check = new(Name, server: server.Address, timeout: Second(2));

        Task<Observation> probe = check.ProbeAsync(time, Cancel).AsTask();
        await asked.Task;
        Observation seen = await EndAsync(probe, time);
        (seen.State, seen.IsTimeout).ShouldBe((Fail, true));
        seen.Reason.ShouldMatch(
            @"^timed out after 2s while waiting for the answer: 127\.0\.0\.1:\d+, what came was no answer to the query \([12] datagrams\)$"
        );

        IEnumerable<byte[]> AnswerOther(byte[] query)
        {
            yield return NameServer.Answer([(byte)(query[0] ^ 1), .. query[1..]], []);
            // It was sent: on loopback it has arrived.
            asked.TrySetResult();
        }
    }

    [Fact]
    public async Task A_thousand_of_them_end_the_probe()
    {
        await using NameServer server = new(_ => Enumerable.Repeat<byte[]>([1, 2, 3], 200));

        ManualTime time = new();
        // What the system loses of them comes again.
        Observation seen = await EndAsync(
            new DnsCheck(Name, server: server.Address, timeout: Hour(1)).ProbeAsync(time, Cancel).AsTask(),
            time
        );

        seen.Reason.ShouldStartWith("1000 datagrams, none an answer to the query: ");
    }

    [Fact]
    public async Task A_query_that_is_lost_is_sent_again()
    {
        ManualTime time = new();
        TaskCompletionSource lost = new();
        int asked = 0;
        await using NameServer server = new(query =>
        {
            if (++asked == 1)
            {
                lost.SetResult();
                return [];
            }

            return [NameServer.Answer(query, [NameServer.A("192.0.2.1")])];
        });

        Task<Observation> probe = new DnsCheck(Name, server: server.Address, timeout: Hour(1))
            .ProbeAsync(time, Cancel)
            .AsTask();
        await lost.Task;
        (await EndAsync(probe, time)).State.ShouldBe(Ok);
    }

    [Fact]
    public async Task A_truncated_answer_is_asked_for_by_TCP()
    {
        byte[][] many = [.. Enumerable.Range(0, 200).Select(i => NameServer.A($"192.0.2.{i}"))];
        await using NameServer server = new(
            query => [NameServer.Answer(query, many[..20], isTruncated: true)],
            query => NameServer.Answer(query, many)
        );

        Observation seen = await ProbeAsync(new DnsCheck(Name, server: server.Address, count: 200));

        seen.State.ShouldBe(Ok, seen.Reason);
        seen.Reason.ShouldStartWith("192.0.2.0, 192.0.2.1, 192.0.2.2 and 197 more in ");
        seen.PerformanceData.ShouldMatch(@"^name=\S+ connect=\S+ first_byte=\S+ rest=\S+ total=\S+$");
    }

    [Fact]
    public async Task Faults_by_TCP_have_a_cause()
    {
        static IEnumerable<byte[]> Truncated(byte[] query) => [NameServer.Answer(query, [], isTruncated: true)];
        await using NameServer alone = new(Truncated);
        await using NameServer closing = new(Truncated, _ => null);
        await using NameServer again = new(Truncated, query => NameServer.Answer(query, [], isTruncated: true));
        await using NameServer other = new(
            Truncated,
            query => NameServer.Answer([(byte)(query[0] ^ 1), .. query[1..]], [])
        );

        await ShouldFailAsync(alone, "refused: ");
        await ShouldFailAsync(closing, "connection closed while waiting for the answer: ");
        await ShouldFailAsync(again, "malformed answer, it is truncated by TCP, too: ");
        await ShouldFailAsync(other, "malformed answer, it is none to the query: ");
    }

    // Each begins behind head and question: the name of the first record.
    [Theory]
    [InlineData("c0 ff", "a compression pointer does not lead back")]
    [InlineData("c0 21", "a compression pointer does not lead back")]
    [InlineData("01 61 c0 21", "a compression pointer does not lead back")]
    [InlineData("40", "a label of an unknown kind")]
    [InlineData("c0", "it ends too early")]
    [InlineData("3f", "it ends too early")]
    [InlineData("c0 0c 00 01 00 01 00 00 00 00 00 04 7f", "it ends too early")]
    [InlineData("c0 0c 00 01 00 01 00 00 00 00 00 03 7f 00 00", "an address of 3 octets")]
    [InlineData("c0 0c 00 05 00 01 00 00 00 00 00 09 c0 0c 00 00 00 00 00 00 00", "a record is not as long as it says")]
    public async Task An_answer_that_cannot_be_read_is_a_fail_with_a_cause(string record, string cause)
    {
        byte[] octets = Convert.FromHexString(record.Replace(" ", "", StringComparison.Ordinal));
        await using NameServer server = new(query => [NameServer.Answer(query, [octets])]);

        await ShouldFailAsync(server, $"malformed answer, {cause}: 127.0.0.1:");
    }

    [Fact]
    public async Task Who_cancels_a_probe_gets_no_observation()
    {
        await using NameServer server = new(_ => []);
        using CancellationTokenSource stop = new();
        Task<Observation> probe = new DnsCheck(Name, server: server.Address)
            .ProbeAsync(TimeProvider.System, stop.Token)
            .AsTask();

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(probe);
    }

    [Fact]
    public async Task The_name_of_the_server_is_looked_up_and_its_next_address_is_asked_where_one_refuses()
    {
        await using NameServer server = new(query => [NameServer.Answer(query, [NameServer.A("192.0.2.1")])]);
        string port = server.Address.Split(':')[1];
        Resolver both = new(_ => [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]);
        Resolver none = new(_ => throw new SocketException((int)SocketError.HostNotFound));

        (await ProbeAsync(new DnsCheck(Name, server: $"ns.test:{port}") { NameResolver = both })).State.ShouldBe(Ok);
        Observation unknown = await ProbeAsync(new DnsCheck(Name, server: $"ns.test:{port}") { NameResolver = none });
        (unknown.State, unknown.Reason).ShouldBe((Fail, $"no such host: ns.test:{port}"));
    }

    [Fact]
    public async Task The_next_address_is_asked_where_the_first_is_silent_for_a_while()
    {
        await using NameServer server = new(query => [NameServer.Answer(query, [NameServer.A("192.0.2.1")])]);
        int port = IPEndPoint.Parse(server.Address).Port;
        using UdpClient silent = new(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
        Resolver both = new(_ => [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]);
        ManualTime time = new();

        DnsCheck check = new(Name, server: $"ns.test:{port}", timeout: Minute(5)) { NameResolver = both };
        Task<Observation> probe = check.ProbeAsync(time, Cancel).AsTask();
        // The query has arrived at the first.
        await silent.ReceiveAsync(Cancel);
        server.Queries.ShouldBe(0);
        Observation seen = await EndAsync(probe, time);

        seen.State.ShouldBe(Ok, seen.Reason);
        seen.Reason.ShouldStartWith("192.0.2.1 in ");
    }

    [Theory]
    // Not permitted: nobody broadcasts who has not asked for it (socket(7), SO_BROADCAST).
    [InlineData(
        "255.255.255.255 127.0.0.2",
        Fail,
        "refused: 127.0.0.2:1; not permitted on this machine: 255.255.255.255:1 (2 addresses)"
    )]
    [InlineData(
        "127.0.0.2 255.255.255.255",
        Fail,
        "refused: 127.0.0.2:1; not permitted on this machine: 255.255.255.255:1 (2 addresses)"
    )]
    [InlineData("255.255.255.255", Error, "not permitted on this machine: 255.255.255.255:1")]
    public async Task Several_addresses_are_judged_as_those_of_a_connection(
        string addresses,
        HealthState state,
        string reason
    )
    {
        Resolver names = new(_ => [.. Words(addresses).Select(IPAddress.Parse)]);

        Observation seen = await ProbeAsync(new DnsCheck(Name, server: "ns.test:1") { NameResolver = names });

        (seen.State, seen.Reason).ShouldBe((state, reason));
    }

    [Fact]
    public async Task A_right_answer_that_comes_too_late_is_a_fail()
    {
        ManualTime time = new();
        await using NameServer slow = new(query =>
        {
            time.Advance(Second(0.7));
            return [NameServer.Answer(query, [NameServer.A("192.0.2.1")])];
        });
        DnsCheck check = new(Name, server: slow.Address, latency: Second(0.5));

        Observation seen = await check.ProbeAsync(time, Cancel);

        seen.State.ShouldBe(Fail);
        seen.Reason.ShouldStartWith("slow: 700ms, over 500ms (");
    }

    private static async Task ShouldFailAsync(NameServer server, string reason)
    {
        Observation seen = await ProbeAsync(new DnsCheck(Name, server: server.Address));
        seen.State.ShouldBe(Fail);
        seen.IsTimeout.ShouldBeFalse();
        seen.Reason.ShouldStartWith(reason);
    }

    // Lets time pass for as long as the probe waits for it.
    private static async Task<Observation> EndAsync(Task<Observation> probe, ManualTime time)
    {
        while (!probe.IsCompleted)
        {
            time.Advance(Second(0.1));
            // Real time: the system passes datagrams on meanwhile.
            await Task.WhenAny(probe, Task.Delay(1, Cancel));
        }

        return await probe;
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<Observation> ProbeAsync(DnsCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
