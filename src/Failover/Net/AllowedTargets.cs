using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>The targets that whoever asks for a probe may name.</summary>
/// <remarks>A name is not enough: whoever answers for it decides where it leads. An address of <see cref="ReservedNetworks"/> is allowed only by
/// an entry that lies within its network, so that <c>0.0.0.0/0</c> does not lead to this machine.</remarks>
internal sealed record AllowedTargets(ImmutableArray<AllowedTarget> Entries)
{
    /// <summary>None.</summary>
    public static AllowedTargets None { get; } = new([]);

    /// <summary>Why a target is refused, as it was named; null where it is not. What a name leads to is for
    /// <see cref="RefusalOf(IPAddress, int?)"/>.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">Its port; null where it has none.</param>
    public string? RefusalOf(string host, int? port)
    {
        if (HostOption.AddressOf(host) is not { } address)
        {
            return Entries.Any(entry => entry.HasName(host) && entry.HasPort(port))
                ? null
                : $"{Text(host, port)} is not in probes.targets";
        }

        return Entries.Any(entry => entry.Network?.Contains(WithoutZone(address)) == true && entry.HasPort(port))
            ? RefusalOf(address, port)
            : $"{Text(host, port)} is not in probes.targets";
    }

    /// <summary>Why an address that a name leads to is refused; null where it is not.</summary>
    /// <param name="address">The address.</param>
    /// <param name="port">The port of the target; null where it has none.</param>
    public string? RefusalOf(IPAddress address, int? port)
    {
        IPAddress plain = WithoutZone(HostOption.Plain(address));
        if (ReservedNetworks.Of(plain) is var (network, word))
        {
            return Entries.Any(entry =>
                entry.Network is { } listed
                && listed.Contains(plain)
                && ReservedNetworks.IsWithin(listed, network)
                && entry.HasPort(port)
            )
                ? null
                : $"{plain} is {word}, and is not in probes.targets itself";
        }

        return ReservedNetworks.EmbeddedIn(plain) is { } embedded ? RefusalOf(embedded, port) : null;
    }

    private static string Text(string host, int? port) =>
        Printable.Quoted(port is { } number ? HostAndPort.Join(host, number) : host);

    private static IPAddress WithoutZone(IPAddress address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 }
            ? new(address.GetAddressBytes())
            : address;

    /// <inheritdoc/>
    public bool Equals(AllowedTargets? other) => other is not null && Entries.SequenceEqual(other.Entries);

    /// <inheritdoc/>
    public override int GetHashCode() => Entries.Length;
}
