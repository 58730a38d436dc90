using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Names that a check has looked up by a name server of its own.</summary>
public sealed class DnsResolverTests
{
    private const string Name = "mail.test";
    private const int NoError = 0;
    private const int ServFail = 2;
    private const int NxDomain = 3;
    private const int Refused = 5;

    private readonly ManualTime time = new();

    [Theory]
    [InlineData(IpFamily.Any, "Aaaa A")]
    [InlineData(IpFamily.Ipv4, "A")]
    [InlineData(IpFamily.Ipv6, "Aaaa")]
    public async Task Both_families_are_asked_for_or_the_one_that_is_wanted(IpFamily family, string expected)
    {
        List<DnsRecordType> asked = [];
        await using NameServer names = new(query =>
        {
            asked.Add(TypeOf(query));
            return [NameServer.Answer(query, Records(query, "127.0.0.1", "::1"))];
        });

        Resolution found = await ResolveAsync(names, family);

        found.Cause.ShouldBeNull();
        string.Join(' ', asked.Order().Reverse()).ShouldBe(expected);
        string.Join(' ', found.Addresses.Select(address => $"{address}"))
            .ShouldBe(
                family switch
                {
                    IpFamily.Ipv4 => "127.0.0.1",
                    IpFamily.Ipv6 => "::1",
                    _ => "::1 127.0.0.1",
                }
            );
    }

    [Fact]
    public async Task Every_check_that_has_a_host_connects_to_what_the_name_server_says()
    {
        await using NameServer names = new(query => [NameServer.Answer(query, Records(query, "127.0.0.1"))]);
        using Socket refusing = Peer.Refusing();
        int port = ((IPEndPoint)refusing.LocalEndPoint!).Port;
        string resolver = names.Address;
        ProbeCheck[] checks =
        [
            new TcpCheck(Name, port, resolver: resolver),
            new TcpCheck(Name, port, tls: true, resolver: resolver),
            new TlsCheck(Name, port, resolver: resolver),
            new GrpcCheck(Name, port, resolver: resolver),
            new HttpCheck($"http://{Name}:{port}/", resolver: resolver),
            new HttpCheck($"http://{Name}:{port}/", protocol: HttpProtocol.Http2, resolver: resolver),
            new HttpCheck("http://web.test/", connectTo: $"{Name}:{port}", resolver: resolver),
            new DnsCheck("web.test", server: $"{Name}:{port}", resolver: resolver),
        ];

        foreach (ProbeCheck check in checks)
        {
            (await ProbeAsync(check)).Reason.ShouldBe($"refused: 127.0.0.1:{port}", check.FullText);
        }

        Observation ping = await ProbeAsync(new PingCheck(Name, count: 1, resolver: resolver));
        ping.State.ShouldBe(Ok, ping.Reason);
    }

    [Theory]
    [InlineData(NxDomain, IpFamily.Any, "no such host: mail.test")]
    [InlineData(NoError, IpFamily.Any, "no such host: mail.test")]
    [InlineData(NoError, IpFamily.Ipv4, "no IPv4 address: mail.test")]
    public async Task That_there_is_no_such_name_is_a_fail(int code, IpFamily family, string reason)
    {
        await using NameServer names = new(query => [NameServer.Answer(query, [], code)]);

        Observation seen = await ProbeAsync(new TcpCheck(Name, 25, family: family, resolver: names.Address));

        seen.ShouldBe(Observation.Fail(reason));
    }

    [Theory]
    [InlineData(ServFail, "SERVFAIL")]
    [InlineData(Refused, "REFUSED")]
    public async Task A_name_server_that_cannot_tell_is_an_error(int code, string word)
    {
        await using NameServer names = new(query => [NameServer.Answer(query, [], code)]);

        Observation seen = await ProbeAsync(new TcpCheck(Name, 25, resolver: names.Address));

        seen.ShouldBe(Observation.Error($"resolver {names.Address} answered {word}: {Name}"));
    }

    [Theory]
    // A referral to other name servers, and an alias of a name that is none of its own (RFC 1034, 4.3.2).
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_name_server_that_does_not_ask_others_is_an_error_where_others_would_know(
        bool isAuthoritative,
        bool isAlias
    )
    {
        await using NameServer names = new(query =>
            [
                NameServer.Answer(
                    query,
                    isAlias ? [NameServer.Record(DnsRecordType.Cname, DnsNames.Encode("elsewhere.example"))] : [],
                    isRecursive: false,
                    isAuthoritative: isAuthoritative
                ),
            ]
        );

        Observation seen = await ProbeAsync(new TcpCheck(Name, 25, resolver: names.Address));

        seen.ShouldBe(Observation.Error($"resolver {names.Address} offers no recursion: {Name}"));
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, true)]
    public async Task That_a_name_has_no_address_is_a_fail_where_the_name_server_can_know_it(
        bool isRecursive,
        bool isAuthoritative,
        bool isAlias
    )
    {
        await using NameServer names = new(query =>
            [
                NameServer.Answer(
                    query,
                    isAlias ? [NameServer.Record(DnsRecordType.Cname, DnsNames.Encode("elsewhere.example"))] : [],
                    isRecursive: isRecursive,
                    isAuthoritative: isAuthoritative
                ),
            ]
        );

        Observation seen = await ProbeAsync(new TcpCheck(Name, 25, resolver: names.Address));

        seen.ShouldBe(Observation.Fail($"no such host: {Name}"));
    }

    [Fact]
    public async Task An_alias_that_has_addresses_of_one_family_is_connected_to_whatever_is_said_of_the_other()
    {
        await using NameServer names = new(query =>
            [
                NameServer.Answer(
                    query,
                    [
                        NameServer.Record(DnsRecordType.Cname, DnsNames.Encode("web.test")),
                        .. TypeOf(query) == DnsRecordType.A ? [NameServer.A("127.0.0.1", "web.test")] : (byte[][])[],
                    ],
                    isRecursive: false,
                    isAuthoritative: true
                ),
            ]
        );

        Resolution found = await ResolveAsync(names, IpFamily.Any);

        found.Cause.ShouldBeNull();
        found.Addresses.ShouldBe([IPAddress.Loopback]);
    }

    [Fact]
    public async Task A_name_server_that_is_not_there_is_an_error()
    {
        using UdpClient reserved = new(new IPEndPoint(IPAddress.Loopback, 0));
        string resolver = $"{reserved.Client.LocalEndPoint}";
        reserved.Close();

        Observation seen = await ProbeAsync(new TcpCheck(Name, 25, resolver: resolver));

        seen.ShouldBe(Observation.Error($"resolver {resolver} did not answer (refused: {resolver}): {Name}"));
    }

    [Fact]
    public async Task A_name_server_that_is_silent_until_the_deadline_is_an_error()
    {
        await using NameServer names = new(_ => []);

        Task<Observation> probe = ProbeAsync(new TcpCheck(Name, 25, Second(2), resolver: names.Address));
        SpinWait.SpinUntil(() => names.Queries >= 2, Second(30)).ShouldBeTrue();
        time.Advance(Second(2));

        (await probe).ShouldBe(Observation.Error($"resolver {names.Address} did not answer: {Name}"));
    }

    [Theory]
    [InlineData(DnsRecordType.A)]
    [InlineData(DnsRecordType.Aaaa)]
    public async Task Addresses_of_one_family_wait_for_a_silent_other_for_a_moment_only(DnsRecordType silent)
    {
        await using NameServer names = new(query =>
            TypeOf(query) == silent ? [] : [NameServer.Answer(query, Records(query, "127.0.0.1", "::1"))]
        );

        Task<Resolution> lookup = ResolveAsync(names, IpFamily.Any);
        // The clock stands until the answer has come and the wait has begun.
        SpinWait.SpinUntil(
            () =>
            {
                time.Advance(Second(0.01));
                return lookup.IsCompleted;
            },
            Second(30)
        );

        (await lookup).Addresses.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task One_answer_is_enough_where_it_decides()
    {
        Dictionary<DnsRecordType, int> codes = new() { [DnsRecordType.A] = NoError, [DnsRecordType.Aaaa] = ServFail };
        await using NameServer names = new(query =>
            codes.TryGetValue(TypeOf(query), out int code) ? [NameServer.Answer(query, [], code)] : []
        );

        (await ResolveAsync(names, IpFamily.Any)).IsLocalFault.ShouldBeTrue("there may be an IPv6 address");
        codes[DnsRecordType.Aaaa] = NoError;
        (await ResolveAsync(names, IpFamily.Any)).ShouldBe(Resolution.Failed("no such host"), Comparer);
        codes.Remove(DnsRecordType.A);
        codes[DnsRecordType.Aaaa] = NxDomain;
        // The other one is silent.
        (await ResolveAsync(names, IpFamily.Any)).ShouldBe(Resolution.Failed("no such host"), Comparer);
    }

    [Fact]
    public async Task A_name_that_DNS_cannot_carry_is_not_asked_for()
    {
        await using NameServer names = new(_ => []);

        Observation seen = await ProbeAsync(new TcpCheck($"{new string('a', 64)}.test", 25, resolver: names.Address));

        seen.Reason.ShouldStartWith("no such host: ");
        names.Queries.ShouldBe(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("192.0.2.53:port")]
    [InlineData("unix:/run/named.sock")]
    public void A_resolver_is_a_host_with_or_without_a_port(string given) =>
        Should
            .Throw<ArgumentException>(() => new TcpCheck(Name, 25, resolver: given))
            .Message.ShouldContain("accepted: HOST, HOST:PORT or [IPV6]:PORT");

    private static IEqualityComparer<Resolution> Comparer { get; } =
        EqualityComparer<Resolution>.Create(
            (one, other) => one.Cause == other.Cause && one.IsLocalFault == other.IsLocalFault,
            one => one.Cause?.GetHashCode(StringComparison.Ordinal) ?? 0
        );

    private static DnsRecordType TypeOf(byte[] query) => (DnsRecordType)query[^3];

    private static byte[][] Records(byte[] query, params string[] addresses) =>
        [
            .. addresses
                .Select(IPAddress.Parse)
                .Where(address =>
                    (address.AddressFamily == AddressFamily.InterNetworkV6) == (TypeOf(query) == DnsRecordType.Aaaa)
                )
                .Select(address => NameServer.Record(TypeOf(query), address.GetAddressBytes())),
        ];

    private Task<Resolution> ResolveAsync(NameServer names, IpFamily family) =>
        DnsResolver.Of(names.Address).ResolveAsync(Name, family, time, TestContext.Current.CancellationToken).AsTask();

    private async Task<Observation> ProbeAsync(ProbeCheck check) =>
        await check.ProbeAsync(time, TestContext.Current.CancellationToken) with
        {
            PerformanceData = "",
        };
}
