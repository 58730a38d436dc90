using System.Net;

namespace Failover;

/// <summary>One way to a target: where to connect to and, where that was asked for, where from.</summary>
internal sealed record TcpPath(IPEndPoint Target, IPEndPoint? Source)
{
    /// <summary>The one path of a check that has addresses only and so needs no resolver; null for others, and for those
    /// with a scope (<c>%eth0</c>), whose number is only known when it is used.</summary>
    public static TcpPath? OfAddresses(TcpCheck check)
    {
        IPAddress? target = HostOption.AddressOf(check.Host);
        IPAddress? source = HostOption.AddressOf(check.SourceHost);
        bool isFixed = target is not null && (source is not null || check.SourceHost is null);
        bool hasScope = check.Host.Contains('%') || check.SourceHost?.Contains('%') == true;
        return isFixed && !hasScope ? Pair(check, [target!], source is null ? [] : [source])[0] : null;
    }

    /// <summary>A path to every target that the source can reach, in the order of the targets.</summary>
    public static IReadOnlyList<TcpPath> Pair(TcpCheck check, IPAddress[] targets, IPAddress[] sources)
    {
        List<TcpPath> paths = new(targets.Length);
        foreach (IPAddress target in targets)
        {
            IPAddress? source = Array.Find(sources, source => source.AddressFamily == target.AddressFamily);
            if (check.SourceHost is null || source is not null)
            {
                IPEndPoint? from = (source, check.SourcePort) switch
                {
                    (null, null) => null,
                    (null, { } port) => new(AnyOf(target), port.Number),
                    (_, var port) => new(source, port?.Number ?? 0),
                };
                paths.Add(new(new(target, check.Port.Number), from));
            }
        }

        return paths;
    }

    private static IPAddress AnyOf(IPAddress target) =>
        target.AddressFamily == IPAddress.IPv6Any.AddressFamily ? IPAddress.IPv6Any : IPAddress.Any;
}
