using System.Collections.Immutable;

namespace Failover;

/// <summary>Whether a name server answers a query as it should.</summary>
/// <remarks>
/// It is ok if the answer comes within the timeout and is what is expected: without more, any record of the type. Else it is fail, with the
/// cause first: <c>NXDOMAIN</c>, <c>no record</c>, <c>lacks 192.0.2.1</c>, <c>refused</c>, <c>timed out after 10s</c>, <c>malformed answer</c>. The
/// query goes out by UDP, again each second, and by TCP where the answer is truncated. Of several addresses of the server, the next one is asked when one
/// has failed, or 250 ms after the last one; an answer of one is enough. Recursion is asked for, EDNS and DNSSEC are not, and
/// nothing is cached.
/// </remarks>
public sealed partial record DnsCheck : ProbeCheck, ITargetedCheck
{
    private readonly DnsServer server;
    private readonly DnsExpectation expected;

    /// <summary>Describes the query and what is expected; resolves and asks nothing.</summary>
    /// <param name="name">The name that is asked for, always in full; <c>.</c> for the root.</param>
    /// <param name="type">The type of the records; left out, <c>A</c>.</param>
    /// <param name="server">The name server: <c>HOST</c>, <c>HOST:PORT</c> or <c>[IPV6]:PORT</c>; left out, the first of the system's of the family.</param>
    /// <param name="expect">Answers that are expected, each as <c>dig +short</c> prints it: <c>192.0.2.1</c>, <c>10 mail.example.net</c>. A text (TXT) is
    /// without quotes. Left out, any.</param>
    /// <param name="match">How the answers have to agree with them; left out, each has to be there.</param>
    /// <param name="count">How many answers there have to be at least, up to 1000; left out, 1, and any number with <paramref name="rcode"/> other
    /// than NOERROR.</param>
    /// <param name="rcode">The response code that is expected; left out, NOERROR.</param>
    /// <param name="family">The addresses of the server that are tried.</param>
    /// <param name="latency">The longest that the probe may take, from 1 ms to 30 days; one that takes longer is a fail. Left out, the timeout alone
    /// counts.</param>
    /// <param name="timeout">How long all of it may take, the server's own name included, from 1 ms to 30 days; a probe that reaches it is a fail. Left
    /// out, 10 s.</param>
    /// <param name="resolver">The name server that is asked for the addresses of the server, instead of the system's resolver: <c>HOST</c>,
    /// <c>HOST:PORT</c> or <c>[IPV6]:PORT</c>. A probe that gets no word from it is an error. Refused unless the server is given by name.</param>
    /// <exception cref="ArgumentException">An argument is missing, out of range or of another form, or the server is no address of the family, or has
    /// no name for the resolver. The message says what is accepted.</exception>
    public DnsCheck(
        string name,
        DnsRecordType type = DnsRecordType.A,
        string? server = null,
        IEnumerable<string>? expect = null,
        DnsMatch match = DnsMatch.All,
        int? count = null,
        DnsResponseCode rcode = DnsResponseCode.NoError,
        IpFamily family = IpFamily.Any,
        TimeSpan? latency = null,
        TimeSpan? timeout = null,
        string? resolver = null
    )
    {
        Name = NameOption.Check(name);
        Type = TypeOption.Check(type);
        Server = ServerOption.CheckIfGiven(server);
        Resolver = ResolverOption.CheckIfGiven(resolver);
        if (Resolver is not null && !HasNameToLookUp(Server))
        {
            throw new ArgumentException(
                $"resolver is {Resolver}, which looks up the name of the server; accepted: server beside it, by name",
                nameof(resolver)
            );
        }

        this.server = Server is null
            ? DnsServer.System
            : DnsServer.Parse(Server)! with
            {
                Resolver = DnsResolver.Of(Resolver),
            };
        expected = new(
            Type,
            ExpectOption.Check(expect),
            MatchOption.Check(match),
            count is { } least ? CountOption.Check(least) : null,
            RcodeOption.Check(rcode)
        );
        expected.Check(nameof(expect));
        Family = FamilyOption.Check(family);
        if (this.server.Host is { } host)
        {
            Family.Check(host);
        }

        Latency = LatencyOption.CheckIfGiven(latency);
        Timeout = TimeoutOption.Check(timeout);
    }

    /// <summary>The name that is asked for.</summary>
    public string Name { get; }

    /// <summary>The type of the records.</summary>
    public DnsRecordType Type { get; }

    /// <summary>The name server; null: the first of the system's.</summary>
    public string? Server { get; }

    /// <summary>Answers that are expected; empty: any.</summary>
    public IReadOnlyList<string> Expect => expected.Values ?? new([]);

    /// <summary>How the answers have to agree with them.</summary>
    public DnsMatch Match => expected.Match;

    /// <summary>How many answers there have to be at least; null: not given.</summary>
    public int? Count => expected.Count;

    /// <summary>The response code that is expected.</summary>
    public DnsResponseCode Rcode => expected.Code;

    /// <summary>The addresses of the server that are tried.</summary>
    public IpFamily Family { get; }

    /// <summary>The longest that the probe may take; null: the timeout alone counts.</summary>
    public TimeSpan? Latency { get; }

    /// <summary>How long all of it may take.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The name server that is asked for addresses; null: the system's resolver.</summary>
    public string? Resolver { get; }

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Timeout;

    /// <inheritdoc/>
    public override string? TargetHost => server.Host;

    /// <inheritdoc/>
    public override string Summary => Server is null ? $"dns {TypeText} {Name}" : $"dns {TypeText} {Name} at {Server}";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values =>
        [Name, Type, Server, expected.Values, Match, Count, Rcode, Family, Latency, Timeout, Resolver];

    // Finding out the system's name servers may.
    internal override bool MayBlock => Server is null;

    /// <summary>What looks up the name of the server; tests put their own in its place.</summary>
    internal INameResolver NameResolver
    {
        init => server = server with { Resolver = value };
    }

    (string Host, int? Port) ITargetedCheck.Target => (server.Host!, server.Port.Number);

    ProbeCheck ITargetedCheck.Along(ProbeTrail trail) =>
        this with
        {
            NameResolver = trail.Over(server.Resolver, server.Port.Number),
        };

    private static bool HasNameToLookUp(string? server) =>
        server is not null && DnsServer.Parse(server)?.Host is { } host && HostOption.AddressOf(host) is null;

    private string TypeText => TypeOption.Text(Type);

    /// <inheritdoc/>
    public override async ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using ProbeDeadline deadline = new(Timeout, time, cancellationToken);
        PhaseTimes phases = new(time, Timeout);
        DnsOutcome outcome = await new DnsExchange(server, Family, new(Name, Type), time).RunAsync(
            phases,
            deadline.Token
        );
        cancellationToken.ThrowIfCancellationRequested();
        TimeSpan total = phases.Total;
        Observation seen = outcome.Answer is { } answer ? Judge(answer, total, outcome.Phases) : outcome.Failure!;
        return seen with { PerformanceData = outcome.Phases.PerformanceData };
    }

    private Observation Judge(DnsAnswer answer, TimeSpan total, PhaseTimes phases) =>
        expected.FlawOf(answer) is { } flaw ? Observation.Fail($"{flaw}: {TypeText} {Name} at {server.Text}")
        : total > Latency ? phases.Slow(total, Latency.Value)
        : Observation.Ok($"{DnsExpectation.TextOf(answer)} in {PhaseTimes.Rounded(total)}");
}
