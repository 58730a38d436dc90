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

    /// <summary>Its addresses, in the order in which they are tried; of a name, those of the family at least.</summary>
    public ValueTask<Resolution> ResolveAsync(IpFamily family, TimeProvider time, CancellationToken deadline) =>
        Host is null ? new(OfSystem())
        : HostOption.AddressOf(Host) is { } address ? new(new Resolution([address]))
        : Resolver.ResolveAsync(Host, family, time, deadline);

    // Reads a file, or asks the system, and so may block.
    private static Resolution OfSystem()
    {
        try
        {
            IPAddress? first = NetworkInterface
                .GetAllNetworkInterfaces()
                .Where(network => network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
                .SelectMany(network => network.GetIPProperties().DnsAddresses)
                .FirstOrDefault();
            return first is null ? Resolution.Faulted("no name server is configured") : new([first]);
        }
        catch (NetworkInformationException)
        {
            return Resolution.Faulted("the system does not say its name servers");
        }
    }
}
