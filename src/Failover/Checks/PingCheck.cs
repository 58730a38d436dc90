using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Whether a machine replies to ICMP echo requests, as ping(8) sends them.</summary>
/// <remarks>
/// It is ok as soon as so many requests were replied to that those that are left no longer matter; else fail, with the cause first: <c>no reply</c>,
/// <c>2 of 3 requests lost</c>, <c>unreachable</c>, <c>no such host</c>. A reply counts for the request whose number it has,
/// once, and only if it repeats what this probe sent. Of several addresses, the first is asked that this machine has a way to. It is an error
/// where this machine kept it from telling: ICMP is not permitted, a firewall of its own, no descriptors left. On Linux, the group of the
/// user has to be within <c>net.ipv4.ping_group_range</c>, or the process has CAP_NET_RAW.
/// </remarks>
public sealed record PingCheck : ProbeCheck, ITargetedCheck
{
    private const double Percent = 100;

    /// <summary>Describes the probe; resolves and sends nothing.</summary>
    /// <param name="host">The target: a name, an IPv4 or an IPv6 address.</param>
    /// <param name="count">How many requests are sent at most, 1 to 1000.</param>
    /// <param name="spacing">The time from one request to the next, from 1 ms to 30 days. Left out, 1 s.</param>
    /// <param name="loss">The percentage of lost requests that is a fail, reached: over 0, up to 100, which is all of them.</param>
    /// <param name="latency">The longest round trip, from 1 ms to 30 days; a request whose reply takes longer is lost. Left out, the timeout alone
    /// counts.</param>
    /// <param name="family">The addresses of the host that are tried.</param>
    /// <param name="timeout">How long all of it may take, name resolution included, from 1 ms to 30 days; what has no reply then is lost. Left out,
    /// 10 s.</param>
    /// <param name="resolver">The name server that is asked for the addresses of the host, instead of the system's resolver: <c>HOST</c>,
    /// <c>HOST:PORT</c> or <c>[IPV6]:PORT</c>. A probe that gets no word from it is an error.</param>
    /// <exception cref="ArgumentException">An argument is missing or out of range, the host is no address of the family, or the last request
    /// would be sent after the timeout. The message says what is accepted.</exception>
    public PingCheck(
        string host,
        int count = DefaultCount,
        TimeSpan? spacing = null,
        double loss = Percent,
        TimeSpan? latency = null,
        IpFamily family = IpFamily.Any,
        TimeSpan? timeout = null,
        string? resolver = null
    )
    {
        Host = HostOption.Check(host);
        Count = CountOption.Check(count);
        Spacing = SpacingOption.Check(spacing);
        Loss = LossOption.Check(loss);
        Latency = LatencyOption.CheckIfGiven(latency);
        Family = FamilyOption.Check(family);
        Timeout = TimeoutOption.Check(timeout);
        Resolver = ResolverOption.CheckIfGiven(resolver);
        NameResolver = DnsResolver.Of(Resolver);
        Family.Check(Host);
        if (Spacing * (Count - 1) > Timeout)
        {
            throw new ArgumentException(
                $"spacing is {Units.Text(Spacing)}, so that the last of {Number(Count)} requests would be sent after the timeout of "
                    + $"{Units.Text(Timeout)}; accepted: a shorter spacing, a smaller count, or a longer timeout",
                nameof(spacing)
            );
        }
    }

    private const int DefaultCount = 3;

    private static readonly HostOption HostOption = new("host", "the target");
    private static readonly CountOption CountOption = new("count", "how many requests are sent at most", "3");
    private static readonly DurationOption SpacingOption = new(
        "spacing",
        "the time from one request to the next",
        TimeSpan.FromSeconds(1)
    );
    private static readonly PercentOption LossOption = new(
        "loss",
        "the percentage of lost requests that is a fail, reached",
        "100"
    );
    private static readonly DurationOption LatencyOption = new(
        "latency",
        "the longest round trip; what takes longer is lost",
        FallbackText: "the timeout"
    );
    private static readonly ChoiceOption<IpFamily> FamilyOption = new(
        "family",
        "the addresses of the host that are tried",
        IpFamily.Any
    );
    private static readonly DurationOption TimeoutOption = new(
        "timeout",
        "how long all of it may take, name resolution included",
        TimeSpan.FromSeconds(10)
    );

    private static readonly FormattedOption ResolverOption = DnsResolver.Option();

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "ping",
            "whether a machine replies to ICMP echo requests",
            [
                HostOption,
                CountOption,
                SpacingOption,
                LossOption,
                LatencyOption,
                FamilyOption,
                TimeoutOption,
                ResolverOption,
            ]
        )
        {
            Make = given => new PingCheck(
                (string)given[0]!,
                (int?)given[1] ?? DefaultCount,
                (TimeSpan?)given[2],
                (double?)given[3] ?? Percent,
                (TimeSpan?)given[4],
                (IpFamily?)given[5] ?? FamilyOption.Fallback,
                (TimeSpan?)given[6],
                (string?)given[7]
            ),
            ShortForm = new("HOST", text => [(HostOption, text)]),
            Target = new(new("HOST", text => [(HostOption, text)]), "target.example.net"),
        };

    /// <summary>The target.</summary>
    public string Host { get; }

    /// <summary>How many requests are sent at most.</summary>
    public int Count { get; }

    /// <summary>The time from one request to the next.</summary>
    public TimeSpan Spacing { get; }

    /// <summary>The percentage of lost requests that is a fail.</summary>
    public double Loss { get; }

    /// <summary>The longest round trip; null: the timeout alone counts.</summary>
    public TimeSpan? Latency { get; }

    /// <summary>The addresses that are tried.</summary>
    public IpFamily Family { get; }

    /// <summary>How long all of it may take.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The name server that is asked for addresses; null: the system's resolver.</summary>
    public string? Resolver { get; }

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Timeout;

    /// <inheritdoc/>
    public override string? TargetHost => Host;

    /// <inheritdoc/>
    public override string Summary => $"ping {Host}";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values =>
        [Host, Count, Spacing, Loss, Latency, Family, Timeout, Resolver];

    internal override bool MayBlock => false;

    /// <summary>What looks up names; tests put their own in its place.</summary>
    internal INameResolver NameResolver { get; init; }

    (string Host, int? Port) ITargetedCheck.Target => (Host, null);

    ProbeCheck ITargetedCheck.Along(ProbeTrail trail) =>
        this with
        {
            NameResolver = trail.Over(NameResolver, port: null),
        };

    /// <inheritdoc/>
    public override async ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using ProbeDeadline deadline = new(Timeout, time, cancellationToken);
        Observation seen = await ProbeWithinAsync(time, deadline.Token);
        cancellationToken.ThrowIfCancellationRequested();
        return seen;
    }

    internal override string? FindLocalFault() =>
        EchoSocket.FaultOf(Family == IpFamily.Ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);

    private async ValueTask<Observation> ProbeWithinAsync(TimeProvider time, CancellationToken deadline)
    {
        Resolution resolution = HostOption.AddressOf(Host) is { } given
            ? new([given])
            : await NameResolver.ResolveAsync(Host, Family, time, deadline);
        if (resolution.Cause is not null)
        {
            return resolution.Verdict(Host);
        }

        IPAddress[] addresses = Array.FindAll(resolution.Addresses, address => Family.Has(address));
        EchoTarget? target = EchoTarget.FirstOf(addresses, out Observation? fault);
        if (target is null)
        {
            return fault ?? Observation.Fail($"no {Family.Word()} address: {Host}");
        }

        NameResolver.Reached(target.Address);
        using Socket socket = target.Socket;
        EchoExchange exchange = new(socket, Count, Spacing, time);
        return Judge(await exchange.RunAsync(result => IsOk(result) || IsLost(result), deadline), target);
    }

    private bool IsInTime(TimeSpan trip) => Latency is null || trip <= Latency;

    // All that are left may be lost.
    private bool IsOk(EchoResult result) => !IsLost(Count - result.Trips.Count(IsInTime));

    // Whatever the others do.
    private bool IsLost(EchoResult result) => IsLost(result.Unreachable + result.Trips.Count(trip => !IsInTime(trip)));

    private bool IsLost(int lost) => lost * Percent >= Loss * Count;

    private Observation Judge(EchoResult result, EchoTarget target)
    {
        TimeSpan[] trips = [.. result.Trips];
        int lost = Count - trips.Count(IsInTime);
        if (result.Fault is { } fault && !IsOk(result))
        {
            return target.Read(fault);
        }

        Observation seen =
            IsOk(result)
                ? Observation.Ok($"reply from {target.Address} in {PhaseTimes.Rounded(trips.Where(IsInTime).Min())}")
            : IsLost(result.Unreachable) ? Observation.Fail($"unreachable: {target.Address}")
            : trips.Length == 0 ? Observation.TimedOut($"no reply within {Units.Text(Timeout)}: {target.Address}")
            : Observation.TimedOut($"{Lost(lost, trips)}: {target.Address}");
        return trips.Length == 0 ? seen : seen with { PerformanceData = Figures(trips) };
    }

    private string Lost(int lost, TimeSpan[] trips)
    {
        int slow = trips.Length - (Count - lost);
        string late = slow > 0 ? $", {Number(slow)} of them slower than {Units.Text(Latency!.Value)}" : "";
        return $"{Number(lost)} of {Number(Count)} requests lost{late}";
    }

    private static string Figures(TimeSpan[] trips) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"rta={trips.Average(trip => trip.TotalSeconds):0.000###}s rtmax={trips.Max().TotalSeconds:0.000###}s replies={trips.Length}"
        );

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
