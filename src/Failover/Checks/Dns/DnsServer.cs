using System.Net;
using System.Net.NetworkInformation;

namespace Failover;

/// <summary>The name server that a check asks.</summary>
/// <param name="Host">Its name or address; null: the first of the system's.</param>
/// <param name="Port">Its port.</param>
internal sealed record DnsServer(string? Host, Port Port)
{
    public const string Accepted = "HOST, HOST:PORT or [IPV6]:PORT";

    private const int DnsPort = 53;

    /// <summary>The system's.</summary>
    public static DnsServer System { get; } = new(null, DnsPort);

    /// <summary>What looks up its name.</summary>
    public INameResolver Resolver { get; init; } = Failover.Resolver.System;

    /// <summary>For people.</summary>
    public string Text =>
        Host is null ? "the system's name server"
        : Port == DnsPort ? Host
        : HostAndPort.Join(Host, Port);

    /// <summary>Reads one; null where the text is none.</summary>
    public static DnsServer? Parse(string text) =>
        ConnectTarget.Parse(text) is { Host: { } host } target ? new(host, target.Port ?? DnsPort) : null;

    /// <summary>Its addresses, in the order in which they are tried.</summary>
    /// <param name="family">Which one of the system's servers is meant. Of a name, those of the family are given at least.</param>
    /// <param name="time">The clock.</param>
    /// <param name="deadline">Ends the wait for the answer to a name.</param>
    public ValueTask<Resolution> ResolveAsync(IpFamily family, TimeProvider time, CancellationToken deadline) =>
        Host is null ? new(OfSystem(family))
        : HostOption.AddressOf(Host) is { } address ? new(new Resolution([address]))
        : Resolver.ResolveAsync(Host, family, time, deadline);

    // Reads a file, or asks the system, and so may block.
    private static Resolution OfSystem(IpFamily family)
    {
        try
        {
            IPAddress? first = NetworkInterface
                .GetAllNetworkInterfaces()
                .Where(network => network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
                .SelectMany(network => network.GetIPProperties().DnsAddresses)
                .FirstOrDefault(address => family.Has(address));
            return first is not null
                ? new([first])
                : Resolution.Faulted(
                    $"no {(family == IpFamily.Any ? "" : $"{family.Word()} ")}name server is configured"
                );
        }
        catch (NetworkInformationException)
        {
            return Resolution.Faulted("the system does not say its name servers");
        }
    }
}
