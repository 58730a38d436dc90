namespace Failover;

/// <summary>Where a check connects to: a host and a port, or a Unix socket.</summary>
internal sealed record Destination
{
    private readonly Dialer? dialer;
    private readonly string? socketPath;

    /// <summary>Describes it; resolves and connects nothing.</summary>
    /// <param name="host">The host of the target.</param>
    /// <param name="port">Its port.</param>
    /// <param name="instead">Where to connect to instead; null: there.</param>
    /// <param name="family">The addresses that are tried.</param>
    /// <exception cref="ArgumentException">The host is an address of another family.</exception>
    public Destination(string host, Port port, ConnectTarget? instead = null, IpFamily family = IpFamily.Any)
    {
        socketPath = instead?.SocketPath;
        if (socketPath is null)
        {
            dialer = new(instead?.Host ?? host, instead?.Port ?? port, family: family);
        }
    }

    /// <summary>For people.</summary>
    public string Text => socketPath ?? HostAndPort.Join(dialer!.Host, dialer.Port);

    /// <summary>The host that is connected to, or the path of the socket.</summary>
    public string Host => socketPath ?? dialer!.Host;

    /// <summary>The one path of a target that is described by an address; null where there is more to it.</summary>
    public TcpPath? Only => dialer?.Only;

    /// <summary>What looks up names.</summary>
    public INameResolver Resolver
    {
        init => dialer = dialer is null ? null : dialer with { Resolver = value };
    }

    /// <summary>Connects, name resolution included. Never throws: what keeps it from connecting is an outcome.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="phases">Takes how long each phase lasts.</param>
    /// <param name="deadline">The end of the time for all of it.</param>
    /// <returns>A connection, which is the caller's to close, or why there is none.</returns>
    public ValueTask<Dialed> DialAsync(TimeProvider time, PhaseTimes phases, CancellationToken deadline) =>
        socketPath is { } path
            ? UnixConnect.DialAsync(path, phases, deadline)
            // What is said over it has to arrive: a reset might take it away from the target's application.
            : dialer!.DialAsync(TcpClose.Fin, time, deadline, phases);
}
