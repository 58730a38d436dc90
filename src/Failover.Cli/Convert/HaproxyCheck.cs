using System.Text.RegularExpressions;

namespace Failover;

/// <summary>The check of a server of HAProxy.</summary>
/// <param name="proxy">Its backend.</param>
/// <param name="server">The server.</param>
/// <param name="interval">From one check to the next.</param>
/// <param name="remarks">Takes what is lost.</param>
internal sealed class HaproxyCheck(HaproxyProxy proxy, HaproxyServer server, TimeSpan interval, ConvertedMap remarks)
{
    private const string Http = "httpchk";
    private const string Tcp = "tcp-check";
    private const string External = "external-check";
    private const string Hello = "ssl-hello-chk";

    // The greetings that are presets there and here.
    private static readonly Dictionary<string, string> Banners = new(StringComparer.Ordinal)
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
        new HashSet<string>([Http, Tcp, External, Hello, .. Banners.Keys], StringComparer.Ordinal);

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
            Hello => Connection(tcp => tcp.Tls.Add("insecure", "true")),
            Tcp => Connection(AddSteps),
            _ => Connection(tcp => tcp.Banner = Banners.GetValueOrDefault(kind)),
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
        TimeSpan connect =
            HaproxyFile.Time(proxy.Value("timeout", "connect")) is { } time && time < interval ? time : interval;
        return ConvertedTask.Duration(
            HaproxyFile.Time(proxy.Value("timeout", "check")) is not { } read ? interval
            : isConnectionOnly ? connect
            : connect + read
        );
    }

    private ConvertedMap Connection(Action<ConvertedTcp> describe)
    {
        bool isConnectionOnly =
            option is null
            || (
                option.Words[1] == Tcp
                && !proxy.Rules(Tcp).Any(rule => rule.Words.ElementAtOrDefault(1) is "send" or "expect")
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

    private void AddTls(ConvertedMap options) =>
        options
            .AddIf("ca", server["ca-file"])
            .AddIf("insecure", server["verify"] == "none")
            .AddIf("client_certificate", server["crt"]);

    private void AddSteps(ConvertedTcp tcp)
    {
        bool isConnected = false;
        foreach (HaproxyLine rule in proxy.Rules(Tcp))
        {
            string[] words = [.. rule.Words.Skip(2)];
            switch (rule.Words.ElementAtOrDefault(1))
            {
                case "connect" when !isConnected:
                    isConnected = true;
                    break;
                case "comment":
                    break;
                case "send" when words.Length > 0:
                    tcp.Send(words[0]);
                    break;
                case "send-binary" when Text(words) is { } sent:
                    tcp.Send(sent);
                    break;
                case "expect"
                    when Expected(words) is var (isNegated, match, pattern) && !isNegated && match == "string":
                    tcp.ExpectText(pattern);
                    break;
                case "expect"
                    when Expected(words) is var (isNegated, match, pattern) && !isNegated && match == "rstring":
                    tcp.Expect(pattern);
                    break;
                case "expect"
                    when Expected(words) is var (isNegated, match, pattern)
                        && !isNegated
                        && match == "binary"
                        && Text([pattern]) is { } bytes:
                    tcp.ExpectText(bytes);
                    break;
                default:
                    remarks.Lose(rule.Number, rule.Text);
                    break;
            }
        }
    }

    // Bytes that are letters; null where some are not.
    private static string? Text(string[] hex)
    {
        try
        {
            byte[] bytes = hex.Length == 0 ? [] : Convert.FromHexString(hex[0]);
            return bytes.Length > 0 && bytes.All(one => one < 0x80)
                ? string.Concat(bytes.Select(one => (char)one))
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>An expect rule: whether it is negated, what it looks at, and the pattern.</summary>
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

    private ConvertedMap? HttpTask(string? socket)
    {
        Request request = new(option!.Words);
        List<(bool IsNegated, string Match, string Pattern, HaproxyLine Rule)> expected = [];
        foreach (HaproxyLine rule in proxy.Rules("http-check"))
        {
            string[] words = [.. rule.Words.Skip(2)];
            string kind = rule.Words.ElementAtOrDefault(1) ?? "";
            bool isSecond = kind == "send" && request.IsSent;
            if (isSecond || (kind == "expect" && Expected(words) is null))
            {
                remarks.Lose(rule.Number, rule.Text);
            }
            else if (kind == "send")
            {
                request.Read(words);
            }
            else if (kind == "expect" && Expected(words) is var (isNegated, match, pattern))
            {
                expected.Add((isNegated, match, pattern, rule));
            }
            else if (kind is not ("comment" or "connect"))
            {
                remarks.Lose(rule.Number, rule.Text);
            }
        }

        if (
            request.Uri.Contains("%[", StringComparison.Ordinal)
            || request.Headers.Any(header => header.Value.Contains("%[", StringComparison.Ordinal))
        )
        {
            remarks.Lose(option.Number, "a request with %[…] in it, which is another one each time");
        }

        if (!request.Uri.StartsWith('/'))
        {
            remarks.Lose(option.Number, $"a request of {request.Uri}: a URL has a path");
            return null;
        }

        ConvertedMap options = new();
        AddRequest(options, request, socket);
        return AddExpected(options, expected);
    }

    private void AddRequest(ConvertedMap options, Request request, string? socket)
    {
        string address = ConvertedTask.Address(host, port);
        string own = ConvertedTask.Authority(host, port, IsTls);
        string? hostHeader = request
            .Headers.FirstOrDefault(header => header.Name.Equals("host", StringComparison.OrdinalIgnoreCase))
            .Value;
        string authority =
            (IsTls ? Sni ?? server["verifyhost"] : null) ?? hostHeader ?? (socket is null ? own : "localhost");
        options.Add("url", $"http{(IsTls ? "s" : "")}://{authority}{request.Uri}");
        options.AddIf("method", request.Method == "GET" ? null : request.Method);
        ConvertedMap headers = new();
        foreach ((string name, string value) in request.Headers)
        {
            headers.AddIf(
                name,
                name.Equals("host", StringComparison.OrdinalIgnoreCase) && value == authority ? null : value
            );
        }

        options.AddIf("headers", headers).AddIf("body", request.Body);
        string alpn = server["check-alpn"] ?? ConnectWord("alpn") ?? "";
        bool isHttp2 =
            alpn.StartsWith("h2", StringComparison.Ordinal) || (server["check-proto"] ?? ConnectWord("proto")) == "h2";
        options.AddIf("protocol", isHttp2 ? "http2" : null);
        options.AddIf("connect_to", socket ?? (authority == own ? null : address));
        if (IsTls)
        {
            AddTls(options);
            if (server["verify"] != "none" && Sni is null && server["verifyhost"] is null)
            {
                remarks.Note($"the certificate has to be for {authority} here, which HAProxy did not ask");
            }
        }
    }

    private ConvertedMap AddExpected(
        ConvertedMap options,
        List<(bool IsNegated, string Match, string Pattern, HaproxyLine Rule)> expected
    )
    {
        List<Func<int, bool>> codes = [];
        List<string> demanded = [];
        List<string> refused = [];
        ConvertedMap body = new();
        ConvertedMap headers = new();
        foreach ((bool isNegated, string match, string pattern, HaproxyLine rule) in expected)
        {
            switch (match)
            {
                case "status" or "rstatus" when Codes(match, pattern) is { } isCode:
                    codes.Add(code => isCode(code) != isNegated);
                    break;
                case "string" when isNegated:
                    refused.Add(Regex.Escape(pattern));
                    break;
                case "rstring" when isNegated:
                    refused.Add(pattern);
                    break;
                case "string" when body["body_contains"] is null:
                    body.Add("body_contains", pattern);
                    break;
                case "rstring":
                    demanded.Add(pattern);
                    break;
                case "hdr"
                or "fhdr" when !isNegated && HeaderPattern(rule) is var (name, wanted) && headers[name] is null:
                    headers.Add(name, wanted);
                    break;
                default:
                    remarks.Lose(rule.Number, rule.Text);
                    break;
            }
        }

        // Without a rule, 2xx and 3xx are right; with one, only what it says.
        options.AddStatus(code => expected.Count == 0 ? code is >= 200 and < 400 : codes.TrueForAll(one => one(code)));
        options.AddAll(body).AddIf("header_matches", headers).Add("timeout", Timeout(isConnectionOnly: false));
        return ConvertedTask.Http(options, demanded, refused);
    }

    private static Func<int, bool>? Codes(string match, string pattern)
    {
        if (match == "status")
        {
            return InRanges(pattern.Split(',').Select(part => (StatusRange)part));
        }

        if (TextPattern.FlawOf(pattern) is not null)
        {
            return null;
        }

        TextPattern codes = new(pattern);
        return code => codes.IsMatch(ConvertedTask.Number(code));
    }

    private static Func<int, bool> InRanges(IEnumerable<StatusRange> ranges)
    {
        StatusRange[] all = [.. ranges];
        return code => all.Any(range => range.Contains(code));
    }

    // hdr name NAME [value] [-m METHOD] VALUE, where both may have a method before them.
    private static (string Name, string Pattern)? HeaderPattern(HaproxyLine rule)
    {
        string[] words = [.. rule.Words];
        int name = Array.IndexOf(words, "name");
        int value = Array.IndexOf(words, "value");
        if (name < 0 || value < 0 || name + 2 != value || value + 1 >= words.Length)
        {
            return null;
        }

        (string method, string wanted) =
            words[value + 1] == "-m" && value + 3 < words.Length
                ? (words[value + 2], words[value + 3])
                : ("str", words[value + 1]);
        string escaped = Regex.Escape(wanted);
        string? pattern = method switch
        {
            "str" => $@"\A{escaped}\z",
            "beg" => $@"\A{escaped}",
            "end" => $@"{escaped}\z",
            "sub" => escaped,
            "reg" => wanted,
            _ => null,
        };
        return pattern is null ? null : (words[name + 1], pattern);
    }

    /// <summary>What is sent.</summary>
    private sealed class Request
    {
        private readonly List<(string Name, string Value)> headers = [];

        /// <param name="option">option httpchk [METHOD] [URI] [VERSION], with headers behind the version in old files.</param>
        public Request(IReadOnlyList<string> option)
        {
            (Method, Uri) = option.Count switch
            {
                2 => ("OPTIONS", "/"),
                3 => ("OPTIONS", option[2]),
                _ => (option[2], option[3]),
            };
            foreach (string line in string.Join(' ', option.Skip(4)).Split('\n').Skip(1))
            {
                AddHeader(line);
            }
        }

        public string Method { get; private set; }

        public string Uri { get; private set; }

        public string? Body { get; private set; }

        public IReadOnlyList<(string Name, string Value)> Headers => headers;

        public bool IsSent { get; private set; }

        /// <param name="words">meth METHOD, uri URI, ver VERSION, hdr NAME VALUE, body TEXT.</param>
        public void Read(string[] words)
        {
            IsSent = true;
            for (int i = 0; i + 1 < words.Length; i++)
            {
                switch (words[i])
                {
                    case "meth":
                        Method = words[++i];
                        break;
                    case "uri" or "uri-lf":
                        Uri = words[++i];
                        break;
                    case "body" or "body-lf":
                        Body = words[++i];
                        break;
                    case "hdr" when i + 2 < words.Length:
                        headers.Add((words[i + 1], words[i + 2]));
                        i += 2;
                        break;
                    default:
                        // The version, or a comment.
                        i++;
                        break;
                }
            }
        }

        private void AddHeader(string line)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            // The connection is closed by the check itself.
            if (colon > 0 && !line.StartsWith("Connection", StringComparison.OrdinalIgnoreCase))
            {
                headers.Add((line[..colon].Trim(), line[(colon + 1)..].Trim()));
            }
        }
    }
}
