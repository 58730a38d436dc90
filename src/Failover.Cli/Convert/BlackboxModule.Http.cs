namespace Failover;

// The check of its http prober.
internal sealed partial class BlackboxModule
{
    private ConvertedMap? Http(SourceMap probe)
    {
        bool mustBeTls = probe.Flag("fail_if_not_ssl") == true;
        SourceMap tls = probe.Map("tls_config");
        string url =
            target is null ? $"http{(mustBeTls || tls.Entries.Any() ? "s" : "")}://{Placeholder}/"
            : target.Contains("://", StringComparison.Ordinal) ? target
            : $"http://{target}";
        bool isTls = url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        bool follows = (probe.Flag("follow_redirects") ?? probe.Flag("no_follow_redirects") != true) == true;
        if (mustBeTls && !isTls)
        {
            remarks.Lose(
                probe.Line,
                "http.fail_if_not_ssl: the target is not https, and where redirects lead is not asked"
            );
        }

        if (probe.Flag("fail_if_ssl") == true && (isTls || follows))
        {
            remarks.Lose(probe.Line, "http.fail_if_ssl: TLS is not refused");
        }

        ConvertedMap options = new();
        string? connectTo = null;
        if (isTls && tls.Text("server_name") is { } serverName)
        {
            (url, connectTo) = Renamed(url, serverName);
        }

        options.Add("url", url);
        options.AddIf("method", probe.Text("method") is { } method and not "GET" ? method : null);
        options.AddIf("headers", Headers(probe));
        options.AddIf("body", probe.Text("body"));
        string[] codes = [.. probe.Texts("valid_status_codes")];
        canBeRight = options.AddStatus(code =>
            codes.Length == 0 ? code is >= 200 and < 300 : codes.Contains(ConvertedTask.Number(code))
        );
        if (!canBeRight)
        {
            return null;
        }

        AddHeaderPatterns(probe, options);
        AddProtocol(probe, options);
        options.AddIf("follow_redirects", follows);
        options.AddIf("authorization", Authorization(probe));
        options.AddIf("connect_to", connectTo);
        if (connectTo is null)
        {
            options.AddIf("proxy", probe.Text("proxy_url"));
        }

        AddFamily(probe, options);
        AddTls(tls, isTls ? options : new());
        options.AddIf("timeout", timeout);
        return ConvertedTask.Http(
            options,
            probe.Texts("fail_if_body_not_matches_regexp"),
            probe.Texts("fail_if_body_matches_regexp")
        );
    }

    // The check takes SNI, Host and the certificate's name of the URL, and connects elsewhere.
    private static (string Url, string? ConnectTo) Renamed(string url, string serverName)
    {
        string rest = url["https://".Length..];
        string authority = rest.Split('/', '?')[0];
        (string host, string port) = ConvertedTask.Split(authority) ?? (authority.Trim('[', ']'), "443");
        return host == serverName
            ? (url, null)
            : (
                $"https://{ConvertedTask.Authority(serverName, port, isTls: true)}{rest[authority.Length..]}",
                ConvertedTask.Address(host, port)
            );
    }

    private static ConvertedMap Headers(SourceMap probe)
    {
        ConvertedMap headers = new();
        SourceMap plain = probe.Map("headers");
        foreach (YamlEntry header in plain.Entries)
        {
            headers.Add(header.Name, plain.Text(header.Name) ?? "");
        }

        foreach (YamlEntry header in probe.Map("http_headers").Entries)
        {
            SourceMap sources = probe.Map("http_headers").Map(header.Name);
            string? file = sources.Texts("files").LastOrDefault();
            string? value = file is null
                ? sources.Texts("secrets").Concat(sources.Texts("values")).LastOrDefault()
                : $"${{file:{file}}}";
            if (value is not null)
            {
                headers.Set(header.Name, value);
            }
        }

        return headers;
    }

    private void AddHeaderPatterns(SourceMap probe, ConvertedMap options)
    {
        ConvertedMap patterns = new();
        foreach (SourceMap rule in probe.List("fail_if_header_not_matches").Select(probe.Of).OfType<SourceMap>())
        {
            string header = rule.Text("header") ?? "";
            if (rule.Flag("allow_missing") == true || patterns[header] is not null)
            {
                remarks.Lose(
                    rule.Line,
                    $"http.fail_if_header_not_matches of {header}: it may be missing, or is demanded twice"
                );
            }
            else
            {
                patterns.Add(header, rule.Text("regexp") ?? "");
            }
        }

        foreach (SourceMap rule in probe.List("fail_if_header_matches").Select(probe.Of).OfType<SourceMap>())
        {
            remarks.Lose(
                rule.Line,
                $"http.fail_if_header_matches of {rule.Text("header")}: headers are demanded, not forbidden"
            );
        }

        options.AddIf("header_matches", patterns);
    }

    private void AddProtocol(SourceMap probe, ConvertedMap options)
    {
        string[] versions = [.. probe.Texts("valid_http_versions")];
        bool isHttp2 =
            versions.Length > 0 && versions.All(version => version.StartsWith("HTTP/2", StringComparison.Ordinal));
        if (versions.Length > 0 && !isHttp2 && !versions.Contains("HTTP/1.1"))
        {
            remarks.Lose(probe.Line, $"http.valid_http_versions {string.Join(", ", versions)}: HTTP/1.1 is spoken");
        }

        probe.Take("enable_http2");
        options.AddIf("protocol", isHttp2 ? "http2" : null);
    }

    private static string? Authorization(SourceMap probe)
    {
        SourceMap basic = probe.Map("basic_auth");
        if (Secret(basic, "username") is { } user)
        {
            return $"Basic {user}:{Secret(basic, "password")}";
        }

        SourceMap other = probe.Map("authorization");
        string? credentials =
            Secret(other, "credentials")
            ?? probe.Text("bearer_token")
            ?? (probe.Text("bearer_token_file") is { } file ? $"${{file:{file}}}" : null);
        return credentials is null ? null : $"{other.Text("type") ?? "Bearer"} {credentials}";
    }

    private static string? Secret(SourceMap map, string key) =>
        map.Text(key) ?? (map.Text($"{key}_file") is { } file ? $"${{file:{file}}}" : null);
}
