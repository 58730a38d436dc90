using System.Net;
using System.Runtime.CompilerServices;

namespace Failover;

/// <summary>Connects to a target by TCP, for every check that does: resolves names, pairs addresses with the source, and tries one
/// address after another until the first that accepts (RFC 8305).</summary>
/// <remarks>Immutable, and holds no socket. Dialers of the same target are equal, as the checks are that have them.</remarks>
internal sealed record Dialer
{
    private readonly TcpPath? only;

    /// <summary>Describes the target; resolves and connects nothing. Each argument has been checked on its own.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">Its port.</param>
    /// <param name="sourceHost">The local address to come from, or its name; null: the system's choice.</param>
    /// <param name="sourcePort">The local port to come from; null: the system's choice.</param>
    /// <param name="family">The addresses that are tried.</param>
    /// <exception cref="ArgumentException">The host and the source are addresses of different families, or the host is not of the given
    /// one.</exception>
    public Dialer(
        string host,
        Port port,
        string? sourceHost = null,
        Port? sourcePort = null,
        IpFamily family = IpFamily.Any
    )
    {
        family.Check(host);
        if (
            HostOption.AddressOf(host) is { } target
            && HostOption.AddressOf(sourceHost) is { } source
            && target.AddressFamily != source.AddressFamily
        )
        {
            throw new ArgumentException(
                $"sourceHost is {sourceHost}, from which {host} cannot be reached; "
                    + "accepted: an address of the same family as host",
                nameof(sourceHost)
            );
        }

        (Host, Port, SourceHost, SourcePort, Family) = (host, port, sourceHost, sourcePort, family);
        only = TcpPath.OfAddresses(this);
    }

    public string Host { get; }

    public Port Port { get; }

    /// <summary>Where it connects to, for people.</summary>
    public string Target => HostAndPort.Join(Host, Port);

    public string? SourceHost { get; }

    public Port? SourcePort { get; }

    /// <summary>The addresses that are tried.</summary>
    public IpFamily Family { get; }

    /// <summary>The one path of a target that is described by addresses only; null where names are to be looked up.</summary>
    public TcpPath? Only => only;

    /// <summary>What looks up the name of the target.</summary>
    public INameResolver Resolver { get; init; } = Failover.Resolver.System;

    /// <summary>Connects, name resolution included. Never throws: what keeps it from connecting is an outcome.</summary>
    /// <param name="close">How the connection will be given up: one that nothing is sent over is best reset.</param>
    /// <param name="time">For the delay between two addresses.</param>
    /// <param name="deadline">The end of the time for all of it. A target that answered before it has answered, however late that is
    /// handled.</param>
    /// <param name="phases">Takes how long each phase lasts; null: nobody asks.</param>
    /// <returns>A connection, which is the caller's to close, or why there is none. No other socket is left open.</returns>
    // Pooled: most checks dial an address, for which this adds nothing to what the attempt itself costs.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Dialed> DialAsync(
        TcpClose close,
        TimeProvider time,
        CancellationToken deadline,
        PhaseTimes? phases = null
    )
    {
        if (only is { } path)
        {
            phases?.Begin(ProbePhase.Connect);
            return TcpVerdict.Of(await TcpAttempt.RunAsync(path, close, deadline));
        }

        Resolution target = await ResolveAsync(Host, Resolver, time, deadline);
        if (target.Cause is not null)
        {
            return new(target.Verdict(Host));
        }

        // A name of this machine, which another name server need not know.
        Resolution source = SourceHost is null
            ? new([])
            : await ResolveAsync(SourceHost, Failover.Resolver.System, time, deadline);
        if (source.Cause is { } sourceCause)
        {
            return new(Observation.Error($"{sourceCause}: source {SourceHost}"));
        }

        phases?.Begin(ProbePhase.Connect);
        IPAddress[] addresses = Array.FindAll(target.Addresses, address => Family.Has(address));
        if (addresses.Length == 0)
        {
            return new(Observation.Fail($"no {Family.Word()} address: {Host}"));
        }

        IReadOnlyList<TcpPath> paths = TcpPath.Pair(this, addresses, source.Addresses);
        if (paths.Count == 0)
        {
            return new(Observation.Error($"no address of {Host} is of the same family as the source {SourceHost}"));
        }

        Dialed dialed = TcpVerdict.Of(await TcpRace.RunAsync(paths, close, time, deadline), paths.Count);
        if (dialed.Target is IPEndPoint reached)
        {
            Resolver.Reached(reached.Address);
        }

        return dialed;
    }

    private ValueTask<Resolution> ResolveAsync(
        string host,
        INameResolver names,
        TimeProvider time,
        CancellationToken deadline
    ) =>
        HostOption.AddressOf(host) is { } address
            ? new(new Resolution([address]))
            : names.ResolveAsync(host, Family, time, deadline);
}
