using System.Collections.Immutable;

namespace Failover;

/// <summary>Whether a TCP port accepts a connection. Nothing is sent over it.</summary>
/// <remarks>
/// It is ok if the target accepts within the timeout, name resolution included; else fail, with the cause first:
/// <c>refused</c>, <c>timed out</c>, <c>unreachable</c>, <c>connection reset</c>, <c>no such host</c>, <c>name
/// resolution failed</c>, <c>name resolution timed out</c>, <c>connected to itself</c>. A target that answered before the
/// deadline was handled has answered, as after a pause of this process. It is an error where this machine
/// kept it from telling: no descriptors, local ports or threads for name resolution left, no source address, not permitted. Of several addresses one
/// that accepts is enough: each is tried 250 ms after the one before it, or at once when one has failed (RFC 8305, 5).
/// </remarks>
public sealed record TcpCheck : ProbeCheck
{
    private readonly Dialer dialer;

    /// <summary>Describes the check; resolves and connects nothing.</summary>
    /// <param name="host">The target: a name, an IPv4 or an IPv6 address (link-local ones with their scope, as
    /// <c>fe80::1%eth0</c>).</param>
    /// <param name="port">Its port: 1 to 65535, or a service name as <c>"smtp"</c>.</param>
    /// <param name="timeout">How long all of it may take, name resolution included, from 1 ms to 30 days; a probe that reaches it is a fail. Left
    /// out, 10 s.</param>
    /// <param name="sourceHost">The local address to come from, or its name; only targets of its address family are
    /// tried. Left out, the system chooses.</param>
    /// <param name="sourcePort">The local port to come from; left out, the system chooses.</param>
    /// <param name="close">How the connection is given up.</param>
    /// <exception cref="ArgumentException">An argument is missing or out of range, or <paramref name="host"/> and
    /// <paramref name="sourceHost"/> are addresses of different families. The message says what is accepted.</exception>
    public TcpCheck(
        string host,
        Port port,
        TimeSpan? timeout = null,
        string? sourceHost = null,
        Port? sourcePort = null,
        TcpClose close = TcpClose.Rst
    )
    {
        dialer = new(
            HostOption.Check(host),
            PortOption.Check(port),
            SourceHostOption.CheckIfGiven(sourceHost),
            SourcePortOption.CheckIfGiven(sourcePort)
        );
        Timeout = TimeoutOption.Check(timeout);
        Close = CloseOption.Check(close);
    }

    private static readonly HostOption HostOption = new("host", "the target");
    private static readonly PortOption PortOption = new("port", "the target's port");
    private static readonly DurationOption TimeoutOption = new(
        "timeout",
        "how long name resolution and connecting may take together",
        TimeSpan.FromSeconds(10)
    );
    private static readonly HostOption SourceHostOption = new(
        "sourceHost",
        "the local address to come from",
        "the system's choice"
    );
    private static readonly PortOption SourcePortOption = new(
        "sourcePort",
        "the local port to come from",
        "the system's choice"
    );
    private static readonly ChoiceOption<TcpClose> CloseOption = new(
        "close",
        "how the connection is given up: by a reset, which leaves no TIME_WAIT, or in the ordinary way",
        TcpClose.Rst
    );

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "tcp",
            "whether a TCP port accepts a connection",
            [HostOption, PortOption, TimeoutOption, SourceHostOption, SourcePortOption, CloseOption]
        )
        {
            Make = given => new TcpCheck(
                (string)given[0]!,
                (Port)given[1]!,
                (TimeSpan?)given[2],
                (string?)given[3],
                (Port?)given[4],
                (TcpClose?)given[5] ?? CloseOption.Fallback
            ),
            ShortForm = new(HostAndPort.Accepted, Split),
        };

    /// <summary>The target.</summary>
    public string Host => dialer.Host;

    /// <summary>The target's port.</summary>
    public Port Port => dialer.Port;

    /// <summary>How long name resolution and connecting may take together.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The local address to come from, or its name; null: the system's choice.</summary>
    public string? SourceHost => dialer.SourceHost;

    /// <summary>The local port to come from; null: the system's choice.</summary>
    public Port? SourcePort => dialer.SourcePort;

    /// <summary>How the connection is given up.</summary>
    public TcpClose Close { get; }

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Timeout;

    /// <inheritdoc/>
    public override string Summary => $"tcp {HostAndPort.Join(Host, Port)}";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Host, Port, Timeout, SourceHost, SourcePort, Close];

    internal override bool MayBlock => false;

    /// <summary>What looks up names; tests put their own in its place.</summary>
    internal Resolver Resolver
    {
        init => dialer = dialer with { Resolver = value };
    }

    /// <inheritdoc/>
    public override async ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long started = time.GetTimestamp();
        using CancellationTokenSource deadline = new(Timeout, time);
        using CancellationTokenRegistration link = cancellationToken.UnsafeRegister(
            static deadline => ((CancellationTokenSource)deadline!).Cancel(),
            deadline
        );

        Dialed dialed = await dialer.DialAsync(Close, time, deadline.Token);
        dialed.Dispose();
        Observation seen =
            dialed.Failure
            ?? Observation.Ok($"connected to {dialed.Target} in {PhaseTimes.Rounded(time.GetElapsedTime(started))}");
        cancellationToken.ThrowIfCancellationRequested();
        return seen;
    }

    private static (ScalarOption Option, string Text)[]? Split(string text) =>
        HostAndPort.Split(text) is var (host, port) ? [(HostOption, host), (PortOption, port)] : null;
}
