using System.Net;

namespace Failover;

/// <summary>One way to a target: where to connect to and, where that was asked for, where from.</summary>
internal sealed record TcpPath(IPEndPoint Target, IPEndPoint? Source)
{
    /// <summary>The one path of a target that is described by addresses only and so needs no resolver; null for others, and for those
    /// with a scope (<c>%eth0</c>), whose number is only known when it is used.</summary>
    public static TcpPath? OfAddresses(Dialer dialer)
    {
        IPAddress? target = HostOption.AddressOf(dialer.Host);
        IPAddress? source = HostOption.AddressOf(dialer.SourceHost);
        bool isFixed = target is not null && (source is not null || dialer.SourceHost is null);
        bool hasScope = dialer.Host.Contains('%') || dialer.SourceHost?.Contains('%') == true;
        return isFixed && !hasScope ? Pair(dialer, [target!], source is null ? [] : [source])[0] : null;
    }

    /// <summary>A path to every target that the source can reach, in the order of the targets.</summary>
    public static IReadOnlyList<TcpPath> Pair(Dialer dialer, IPAddress[] targets, IPAddress[] sources)
    {
        List<TcpPath> paths = new(targets.Length);
        foreach (IPAddress target in targets)
        {
            IPAddress? source = Array.Find(sources, source => source.AddressFamily == target.AddressFamily);
            if (dialer.SourceHost is null || source is not null)
            {
                IPEndPoint? from = (source, dialer.SourcePort) switch
                {
                    (null, null) => null,
                    (null, { } port) => new(AnyOf(target), port.Number),
                    (_, var port) => new(source, port?.Number ?? 0),
                };
                paths.Add(new(new(target, dialer.Port.Number), from));
            }
        }

        return paths;
    }

    private static IPAddress AnyOf(IPAddress target) =>
        target.AddressFamily == IPAddress.IPv6Any.AddressFamily ? IPAddress.IPv6Any : IPAddress.Any;
}
