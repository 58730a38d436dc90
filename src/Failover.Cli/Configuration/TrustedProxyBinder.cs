namespace Failover;

/// <summary>The reverse proxies in front: <c>trusted_proxies</c>.</summary>
internal sealed class TrustedProxyBinder(OptionBinder options)
{
    private static readonly string Accepted = FileKeys.Top.Of(FileKeys.TrustedProxies).Accepted;

    /// <summary>Reads an entry or a list of them, which may be empty.</summary>
    public TrustedProxySet Bind(YamlNode? node) =>
        node switch
        {
            null => TrustedProxySet.None,
            YamlList list => new([.. list.Items.Select(Entry).OfType<TrustedProxy>()]),
            _ => new([.. new[] { Entry(node) }.OfType<TrustedProxy>()]),
        };

    private TrustedProxy? Entry(YamlNode node) =>
        options.ReadText(node, FileKeys.TrustedProxies, Accepted) is { } given
            ? (TrustedProxy?)options.Take(TrustedProxy.Parse(given.Text), FileKeys.TrustedProxies, given, Accepted)
            : null;
}
