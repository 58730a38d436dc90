using System.Text;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>The check of a server of HAProxy.</summary>
/// <param name="proxy">Its backend.</param>
/// <param name="server">The server.</param>
/// <param name="interval">From one check to the next.</param>
/// <param name="remarks">Takes what is lost.</param>
internal sealed partial class HaproxyCheck(
    HaproxyProxy proxy,
    HaproxyServer server,
    TimeSpan interval,
    ConvertedMap remarks
)
{
    private const string Http = "httpchk";
    private const string Tcp = "tcp-check";
    private const string External = "external-check";
    private const string Hello = "ssl-hello-chk";

    // What is a kind of check there and a preset here.
    private static readonly Dictionary<string, string> Presets = new(StringComparer.Ordinal)
    {
        ["ldap-check"] = "ldap",
        ["mysql-check"] = "mysql",
        ["pgsql-check"] = "postgres",
        ["redis-check"] = "redis",
        ["smtpchk"] = "smtp",
    };

    // Words within an expect rule that change what is reported, not what is expected; each has a value.
    private static readonly string[] Reporting =
    [
        "comment",
        "error-status",
        "min-recv",
        "ok-status",
        "on-error",
        "on-success",
        "status-code",
        "tout-status",
    ];

    /// <summary>The options that choose a kind of check.</summary>
    public static IReadOnlySet<string> Options { get; } =
        new HashSet<string>([Http, Tcp, External, Hello, .. Presets.Keys], StringComparer.Ordinal);

    private HaproxyLine? option;
    private string host = "";
    private string port = "";

    public ConvertedMap? Task()
    {
        option = proxy.CheckOption();
        string kind = option?.Words[1] ?? "";
        bool isUnix = server.Address.StartsWith('/') || server.Address.StartsWith("unix@", StringComparison.Ordinal);
        if (isUnix ? kind != Http : !FindTarget())
        {
            remarks.Lose(
                server.Line.Number,
                $"a check of {server.Address}: {(isUnix ? "only HTTP goes over a Unix socket" : "it has no port")}"
            );
            return null;
        }

        return kind switch
        {
            Http => HttpTask(isUnix ? $"unix:{server.Address.Replace("unix@", "", StringComparison.Ordinal)}" : null),
            External => ExternalTask(),
            Hello => Connection(tcp => tcp.Tls.Set("insecure", "true")),
            Tcp => Connection(AddSteps),
            _ => Connection(tcp => Speak(tcp, kind)),
        };
    }

    private bool FindTarget()
    {
        string address = Regex.Replace(
            server.Address,
            "^(ipv4|ipv6|tcp4|tcp6|tcp)@",
            "",
            RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(1)
        );
        (string own, string ownPort) = ConvertedTask.Split(address) ?? (address.TrimEnd(':').Trim('[', ']'), "");
        host = server["addr"] ?? own;
        port = server["port"] ?? ConnectWord("port") ?? ownPort;
        return host.Length > 0 && port.Length > 0;
    }

    // Of the first "http-check connect" or "tcp-check connect".
    private string? ConnectWord(string word)
    {
        HaproxyLine? connect = proxy
            .Rules(option?.Words[1] == Http ? "http-check" : Tcp)
            .FirstOrDefault(rule => rule.Words.ElementAtOrDefault(1) == "connect");
        int at = connect is null ? -1 : Array.IndexOf([.. connect.Words], word);
        return at < 0 ? null : connect!.Words.ElementAtOrDefault(at + 1) ?? "";
    }

    private bool IsTls => server.IsCheckedByTls || ConnectWord("ssl") is not null;

    private string? Sni => server["check-sni"] ?? ConnectWord("sni");

    // "timeout check" comes on top of the time for connecting; without it, all has to be done within an interval.
    private string Timeout(bool isConnectionOnly)
    {
        TimeSpan connect = ProxyTime("connect") is { } time && time < interval ? time : interval;
        return ConvertedTask.Duration(
            ProxyTime("check") is not { } read ? interval
            : isConnectionOnly ? connect
            : connect + read
        );
    }

    private TimeSpan? ProxyTime(string what) =>
        proxy.Last("timeout", what) is { } line
            ? new SourceNumbers(remarks).Duration(line.Number, $"timeout {what}", line.Words[2], HaproxyWords.Seconds)
            : null;

    private ConvertedMap Connection(Action<ConvertedTcp> describe)
    {
        bool isConnectionOnly =
            option is null
            || (
                option.Words[1] == Tcp
                && !FirstConnection(Tcp).Any(rule => rule.Words.ElementAtOrDefault(1) is "send" or "expect")
            );
        ConvertedTcp tcp = new(host, port) { IsTls = IsTls, Timeout = Timeout(isConnectionOnly) };
        if (IsTls)
        {
            tcp.Tls.AddIf("server_name", Sni);
            AddTls(tcp.Tls);
        }

        describe(tcp);
        if (option?.Words is ["option", "mysql-check" or "pgsql-check", "user", var user, ..])
        {
            remarks.Lose(option.Number, $"user {user}: the greeting is checked, nobody logs in");
        }

        return tcp.Task();
    }

    private void Speak(ConvertedTcp tcp, string kind)
    {
        tcp.Preset = Presets.GetValueOrDefault(kind);
        if (option?.Words is ["option", "smtpchk", var hello, var domain, ..])
        {
            tcp.Greet($"{hello} {domain}");
        }
    }

    private void AddTls(ConvertedMap options) =>
        options
            .AddIf("ca", server["ca-file"])
            .AddIf("insecure", server["verify"] == "none")
            .AddIf("client_certificate", server["crt"]);

    /// <summary>The rules up to a second connection; those of the further ones are lost.</summary>
    private List<HaproxyLine> FirstConnection(string keyword)
    {
        List<HaproxyLine> first = [];
        bool isBegun = false;
        bool isOver = false;
        foreach (HaproxyLine rule in proxy.Rules(keyword))
        {
            string kind = rule.Words.ElementAtOrDefault(1) ?? "";
            isOver |= isBegun && kind == "connect";
            isBegun |= kind != "comment";
            if (!isOver)
            {
                first.Add(rule);
            }
            else if (kind != "comment")
            {
                remarks.Lose(rule.Number, $"{rule.Text}: a second connection");
            }
        }

        return first;
    }

    private void AddSteps(ConvertedTcp tcp)
    {
        foreach (HaproxyLine rule in FirstConnection(Tcp))
        {
            string[] words = [.. rule.Words.Skip(2)];
            switch (rule.Words.ElementAtOrDefault(1))
            {
                case "connect" or "comment":
                    break;
                case "send" when words.Length > 0:
                    tcp.Send(Bytes(words[0]));
                    break;
                case "send-binary" when OfHex(words) is { } sent:
                    tcp.Send(sent);
                    break;
                case "expect"
                    when Expected(words) is var (isNegated, match, pattern) && !isNegated && match == "string":
                    tcp.Expect(Bytes(pattern));
                    break;
                case "expect"
                    when Expected(words) is var (isNegated, match, pattern) && !isNegated && match == "rstring":
                    tcp.Match(pattern);
                    break;
                case "expect"
                    when Expected(words) is var (isNegated, match, pattern)
                        && !isNegated
                        && match == "binary"
                        && OfHex([pattern]) is { } bytes:
                    tcp.Expect(bytes);
                    break;
                default:
                    remarks.Lose(rule.Number, rule.Text);
                    break;
            }
        }
    }

    // A byte may have been written as \xHH, which is a character in a word.
    private static byte[] Bytes(string word) =>
        (word.All(letter => letter <= '\xff') ? Encoding.Latin1 : Encoding.UTF8).GetBytes(word);

    private static byte[]? OfHex(string[] hex)
    {
        try
        {
            return hex is [{ Length: > 0 } first, ..] ? Convert.FromHexString(first) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>A rule of <c>http-check expect</c> or <c>tcp-check expect</c>: whether it is negated, its kind of match (<c>status</c>, <c>rstring</c> …), and its pattern.</summary>
    private static (bool IsNegated, string Match, string Pattern)? Expected(string[] words)
    {
        bool isNegated = false;
        for (int i = 0; i < words.Length; i++)
        {
            if (Reporting.Contains(words[i], StringComparer.Ordinal))
            {
                i++;
            }
            else if (words[i] == "!")
            {
                isNegated = true;
            }
            else
            {
                string match = words[i].TrimStart('!');
                return (isNegated || match != words[i], match, string.Join(' ', words.Skip(i + 1)));
            }
        }

        return null;
    }

    private ConvertedMap? ExternalTask()
    {
        if (proxy.Value("external-check", "command") is not { } command)
        {
            remarks.Lose(option!.Number, "option external-check without its command");
            return null;
        }

        ConvertedMap task = ConvertedTask.Exec(
            [command, "NOT_USED", "NOT_USED", host, port],
            Timeout(isConnectionOnly: false)
        );
        ConvertedMap exec = (ConvertedMap)task["exec"]!;
        ConvertedMap environment = new ConvertedMap()
            .Add("HAPROXY_PROXY_NAME", proxy.Name)
            .Add("HAPROXY_SERVER_NAME", server.Name)
            .Add("HAPROXY_SERVER_ADDR", host)
            .Add("HAPROXY_SERVER_PORT", port);
        exec.Add("environment", environment.AddIf("PATH", proxy.Value("external-check", "path")));
        return task;
    }
}
