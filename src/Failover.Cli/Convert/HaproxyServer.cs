namespace Failover;

/// <summary>A server line of HAProxy, with what <c>default-server</c> says of it.</summary>
/// <param name="line">The line: <c>server NAME ADDRESS</c> and keywords.</param>
/// <param name="defaults">The words behind <c>default-server</c>, the last one last.</param>
internal sealed class HaproxyServer(HaproxyLine line, IEnumerable<HaproxyLine> defaults)
{
    // Section 5.2 of its manual: those with one value behind them.
    private static readonly string[] Valued =
    [
        "addr",
        "agent-addr",
        "agent-inter",
        "agent-port",
        "agent-send",
        "alpn",
        "ca-file",
        "check-alpn",
        "check-proto",
        "check-sni",
        "ciphers",
        "ciphersuites",
        "cookie",
        "crl-file",
        "crt",
        "downinter",
        "error-limit",
        "fall",
        "fastinter",
        "id",
        "init-addr",
        "init-state",
        "inter",
        "log-bufsize",
        "log-proto",
        "max-reuse",
        "maxconn",
        "maxqueue",
        "minconn",
        "namespace",
        "npn",
        "observe",
        "on-error",
        "on-marked-down",
        "on-marked-up",
        "pool-low-conn",
        "pool-max-conn",
        "pool-purge-delay",
        "port",
        "proto",
        "proxy-v2-options",
        "redir",
        "resolve-net",
        "resolve-opts",
        "resolve-prefer",
        "resolvers",
        "rise",
        "set-proxy-v2-tlv-fmt",
        "shard",
        "slowstart",
        "sni",
        "socks4",
        "source",
        "ssl-max-ver",
        "ssl-min-ver",
        "tcp-ut",
        "track",
        "usesrc",
        "verify",
        "verifyhost",
        "weight",
        "ws",
    ];

    private readonly Dictionary<string, string> words = Read([
        .. defaults.SelectMany(one => one.Words.Skip(1)),
        .. line.Words.Skip(3),
    ]);

    public HaproxyLine Line => line;

    public string Name => line.Words[1];

    public string Address => line.Words.Count > 2 ? line.Words[2] : "";

    /// <summary>The value of a keyword; empty where it has none, null where it is not there.</summary>
    public string? this[string keyword] => words.GetValueOrDefault(keyword);

    public bool Has(string keyword) => words.ContainsKey(keyword);

    /// <summary>Whether checks speak TLS: as the traffic does, unless they go elsewhere.</summary>
    public bool IsCheckedByTls => Has("check-ssl") || (Has("ssl") && !Has("port") && !Has("addr"));

    private static Dictionary<string, string> Read(string[] all)
    {
        Dictionary<string, string> given = new(StringComparer.Ordinal);
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i].StartsWith("no-", StringComparison.Ordinal))
            {
                given.Remove(all[i]["no-".Length..]);
            }
            else
            {
                bool isValued = Valued.Contains(all[i], StringComparer.Ordinal) && i + 1 < all.Length;
                given[all[i]] = isValued ? all[i + 1] : "";
                i += isValued ? 1 : 0;
            }
        }

        return given;
    }
}
