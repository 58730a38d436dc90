using System.Collections.Immutable;
using System.Net;

namespace Failover;

/// <summary>The proxies whose word about where a request came from is taken.</summary>
internal sealed class TrustedProxySet(ImmutableArray<TrustedProxy> proxies)
{
    public static TrustedProxySet None { get; } = new([]);

    /// <summary>The entries as they were written.</summary>
    public ImmutableArray<string> Texts { get; } = [.. proxies.Select(proxy => proxy.Text)];

    /// <summary>Whether whoever connects over a Unix socket is one.</summary>
    public bool IncludesUnix { get; } = proxies.Any(proxy => proxy.Network is null);

    /// <summary>Whether an address is one of theirs. An IPv4 address is the same when it is mapped into IPv6.</summary>
    public bool Contains(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return proxies.Any(proxy => proxy.Network?.Contains(plain) == true);
    }

    /// <summary>Reads a list that a program gives.</summary>
    /// <param name="texts">The entries.</param>
    /// <param name="name">What the list is called.</param>
    /// <exception cref="ArgumentException">One is none; or there is no list.</exception>
    public static TrustedProxySet Parse(IReadOnlyList<string> texts, string name)
    {
        ArgumentNullException.ThrowIfNull(texts, name);
        return new([.. texts.Select(Of)]);

        TrustedProxy Of(string text)
        {
            ArgumentNullException.ThrowIfNull(text, name);
            Parsed parsed = TrustedProxy.Parse(text);
            string flaw = parsed.Flaw.Length > 0 ? $", {parsed.Flaw}" : "";
            string meant = parsed.Meant is { } nearest ? $"; did you mean {Printable.Quoted(nearest)}?" : "";
            return parsed.Value as TrustedProxy
                ?? throw new ArgumentException(
                    $"{name} has {Printable.Quoted(text)}{flaw}; accepted: {TrustedProxy.Accepted}{meant}",
                    name
                );
        }
    }
}
