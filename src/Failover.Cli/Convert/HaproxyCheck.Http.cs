namespace Failover;

// The one of option httpchk.
internal sealed partial class HaproxyCheck
{
    private ConvertedMap? HttpTask(string? socket)
    {
        HaproxyLine httpchk = option!;
        HaproxyRequest request = new(httpchk);
        List<(bool IsNegated, string Match, string Pattern, HaproxyLine Rule)> expected = [];
        bool isSecond = false;
        foreach (HaproxyLine rule in FirstConnection("http-check"))
        {
            string[] words = [.. rule.Words.Skip(2)];
            string kind = rule.Words.ElementAtOrDefault(1) ?? "";
            isSecond |= kind == "send" && request.IsSent;
            if (kind is "comment" or "connect")
            {
                continue;
            }

            if (isSecond)
            {
                remarks.Lose(rule.Number, $"{rule.Text}: a second request");
            }
            else if (kind == "send")
            {
                request.Read(rule);
            }
            else if (kind == "expect" && Expected(words) is var (isNegated, match, pattern))
            {
                expected.Add((isNegated, match, pattern, rule));
            }
            else
            {
                remarks.Lose(rule.Number, rule.Text);
            }
        }

        if (
            request.Uri.Contains("%[", StringComparison.Ordinal)
            || request.Headers.Any(header => header.Value.Contains("%[", StringComparison.Ordinal))
        )
        {
            remarks.Lose(httpchk.Number, "a request with %[…] in it, which is another one each time");
        }

        if (!request.Uri.StartsWith('/'))
        {
            remarks.Lose(httpchk.Number, $"a request of {request.Uri}: a URL has a path");
            return null;
        }

        ConvertedMap options = new();
        AddRequest(options, request, socket);
        return AddExpected(options, expected);
    }

    private void AddRequest(ConvertedMap options, HaproxyRequest request, string? socket)
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
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach ((int line, string name, string value) in request.Headers)
        {
            if (!names.Add(name))
            {
                remarks.Lose(line, $"a second header {name}");
            }
            else if (!(name.Equals("host", StringComparison.OrdinalIgnoreCase) && value == authority))
            {
                headers.Add(name, value);
            }
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

    private ConvertedMap? AddExpected(
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
                    refused.Add(ConvertedText.Pattern(pattern));
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
        bool canBeRight = options.AddStatus(code =>
            expected.Count == 0 ? code is >= 200 and < 400 : codes.TrueForAll(one => one(code))
        );
        if (!canBeRight)
        {
            remarks.Lose(
                expected.Find(rule => rule.Match is "status" or "rstatus").Rule.Number,
                ConvertedTask.NoStatusIsRight
            );
            return null;
        }

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
        string escaped = ConvertedText.Pattern(wanted);
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
}
