using System.Net;

namespace Failover;

/// <summary>One entry of a list of trusted proxies.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Network">The addresses; null: whoever connects over a Unix socket.</param>
internal sealed record TrustedProxy(string Text, IPNetwork? Network)
{
    public const string Accepted = "an IP address, a network as 10.0.0.0/8, or unix";

    private const string Unix = "unix";

    /// <summary>Reads what a person wrote.</summary>
    public static Parsed Parse(string text)
    {
        if (text == Unix)
        {
            return new(new TrustedProxy(text, Network: null));
        }

        Parsed network = NetworkText.Parse(text);
        return network.Value is IPNetwork read ? new(new TrustedProxy(text, read))
            : network is { Flaw.Length: 0, Meant: null } ? Parsed.Refused(meant: Spelling.Nearest(text, [Unix]))
            : network;
    }
}
