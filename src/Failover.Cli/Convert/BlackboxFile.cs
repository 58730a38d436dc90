using System.Text.RegularExpressions;

namespace Failover;

/// <summary>A configuration of blackbox_exporter (https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md).</summary>
/// <remarks>Its modules have no targets: these are in the configuration of Prometheus, and are given beside the file.</remarks>
internal sealed class BlackboxFile
{
    private const string Placeholder = "target.example.net";

    private readonly SourceMap root;
    private readonly IReadOnlyList<string> targets;
    private readonly ConvertedMap file = new(isBlock: true);
    private readonly ConvertedComponents components = new();

    private BlackboxFile(YamlMap root, IReadOnlyList<string> targets)
    {
        this.root = new(root, ConvertedText.Literal);
        this.targets = targets;
    }

    /// <summary>Converts it.</summary>
    /// <param name="root">The file.</param>
    /// <param name="targets">What is probed: <c>MODULE=TARGET</c>, or a target of each module.</param>
    public static ConvertedMap Convert(YamlMap root, IReadOnlyList<string> targets) =>
        new BlackboxFile(root, targets).Convert();

    private ConvertedMap Convert()
    {
        SourceMap modules = root.Map("modules");
        string[] names = [.. modules.Entries.Select(entry => entry.Name)];
        foreach (YamlEntry entry in modules.Entries)
        {
            if (modules.Of(entry.Value) is not { } module)
            {
                components.Map.Lose(entry.Key.Position.Line, $"module {entry.Name}, which is {entry.Value.Shape}");
                continue;
            }

            string[] own = [.. targets.Select(target => TargetOf(target, entry.Name, names)).OfType<string>()];
            foreach (string? target in own.Length == 0 ? new string?[1] : own)
            {
                Add(entry.Name, module, target, isOne: own.Length <= 1);
            }
        }

        root.LoseRest(file);
        return file.Add("components", components.Map);
    }

    private static string? TargetOf(string given, string module, string[] modules) =>
        given.Split('=', 2) is [var named, var target] && modules.Contains(named, StringComparer.Ordinal)
            ? (named == module ? target : null)
            : given;

    private void Add(string name, SourceMap module, string? target, bool isOne)
    {
        string part = ConvertedComponents.Part(name);
        ConvertedMap remarks = new();
        if (target is null)
        {
            remarks.Lose(
                module.Line,
                $"the target, which Prometheus gives: put it in the place of {Placeholder}, or convert with --target {name}=TARGET"
            );
        }

        ConvertedMap? task = new Module(module, target, remarks).Task();
        module.LoseRest(remarks);
        components.Add(
            isOne ? part : $"{part}/{ConvertedComponents.Part(target!.Split("://")[^1])}",
            module.Line,
            task,
            new(),
            remarks
        );
    }

    /// <summary>The check of a module with a target.</summary>
    private sealed class Module(SourceMap module, string? target, ConvertedMap remarks)
    {
        private readonly string? timeout = ConvertedTask.Duration(module.Text("timeout"));

        public ConvertedMap? Task()
        {
            string prober = module.Text("prober") ?? "";
            SourceMap probe = module.Map(prober);
            ConvertedMap? task = prober switch
            {
                "http" => Http(probe),
                "tcp" => Tcp(probe),
                "icmp" => Ping(probe),
                "dns" => Dns(probe),
                "grpc" => Grpc(probe),
                _ => null,
            };
            if (task is null)
            {
                remarks.Lose(module.Line, $"a check by the prober {prober}: there is none of its kind");
            }
            else
            {
                probe.LoseRest(remarks, $"{prober}.");
            }

            return task;
        }

        private ConvertedMap Http(SourceMap probe)
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
            options.AddStatus(code =>
                codes.Length == 0 ? code is >= 200 and < 300 : codes.Contains(ConvertedTask.Number(code))
            );
            AddHeaderPatterns(probe, options);
            AddProtocol(probe, options);
            options.AddIf("follow_redirects", follows);
            options.AddIf("authorization", Authorization(probe));
            options.AddIf("connect_to", connectTo);
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
                headers.AddIf(
                    header.Name,
                    file is null
                        ? sources.Texts("secrets").Concat(sources.Texts("values")).LastOrDefault()
                        : $"${{file:{file}}}"
                );
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

        // It resolves a name to one address, of the preferred family where there is one. Left out, it takes IPv6 before IPv4: any of both.
        private static void AddFamily(SourceMap probe, ConvertedMap options)
        {
            string? preferred = probe.Text("preferred_ip_protocol");
            bool isOnly = probe.Flag("ip_protocol_fallback") == false;
            options.AddIf(
                "family",
                preferred == "ip4" ? "ipv4"
                    : isOnly ? "ipv6"
                    : null
            );
        }

        private void AddTls(SourceMap tls, ConvertedMap options)
        {
            options
                .AddIf("ca", tls.Text("ca_file"))
                .AddIf("insecure", tls.Flag("insecure_skip_verify") == true)
                .AddIf("client_certificate", tls.Text("cert_file"))
                .AddIf("client_key", tls.Text("key_file"));
            tls.Take("server_name");
            tls.LoseRest(remarks, "tls_config.");
        }

        private ConvertedMap? Tcp(SourceMap probe)
        {
            bool isTls = probe.Flag("tls") == true;
            if (ConvertedTask.Split(target ?? $"{Placeholder}:{(isTls ? "443" : "80")}") is not var (host, port))
            {
                return null;
            }

            ConvertedTcp tcp = new(host, port) { IsTls = isTls, Timeout = timeout };
            SourceMap tls = probe.Map("tls_config");
            tcp.Options.AddIf("source_host", probe.Text("source_ip_address"));
            AddFamily(probe, tcp.Options);
            AddSteps(probe, tcp);
            if (isTls || tcp.StartTls is not null)
            {
                tcp.Tls.AddIf("server_name", tls.Text("server_name"));
                AddTls(tls, tcp.Tls);
            }

            return tcp.Task();
        }

        private void AddSteps(SourceMap probe, ConvertedTcp tcp)
        {
            SourceMap[] steps = [.. probe.List("query_response").Select(probe.Of).OfType<SourceMap>()];
            int tls = Array.FindIndex(steps, step => step.Flag("starttls") == true);
            tcp.StartTls =
                tls < 0
                    ? null
                    : steps
                        .Take(tls)
                        .Select(step => StartTlsOf(step.Text("send")))
                        .LastOrDefault(name => name is not null);
            if (tls >= 0 && tcp.StartTls is null)
            {
                remarks.Lose(probe.Line, "tcp.query_response: TLS is asked for in an unknown way");
            }

            // What comes before TLS is what the protocol's own STARTTLS says.
            foreach (SourceMap step in steps.Skip(tls + 1))
            {
                if (step.Text("expect") is { } pattern)
                {
                    tcp.Expect(pattern);
                }

                if (step.Text("expect_bytes") is { } bytes)
                {
                    tcp.Expect(ConvertedText.Literal(Regex.Escape(bytes)));
                }

                if (step.Text("send") is { } sent)
                {
                    if (sent.Contains("${", StringComparison.Ordinal))
                    {
                        remarks.Lose(step.Line, $"tcp.query_response sends a part of what was received: {sent}");
                    }

                    tcp.Send($"{sent}\n");
                }

                // Labels of a metric.
                step.Take("labels");
            }
        }

        private static string? StartTlsOf(string? sent) =>
            sent?.TrimEnd() switch
            {
                null => null,
                "STLS" => "pop3",
                "AUTH TLS" => "ftp",
                "STARTTLS" => "smtp",
                _ when sent.TrimEnd().EndsWith(" STARTTLS", StringComparison.Ordinal) => "imap",
                _ => null,
            };

        private ConvertedMap Ping(SourceMap probe)
        {
            ConvertedMap options = new ConvertedMap().Add("host", target ?? Placeholder).Add("count", "1");
            AddFamily(probe, options);
            return ConvertedTask.Check("ping", options.AddIf("timeout", timeout));
        }

        private ConvertedMap? Dns(SourceMap probe)
        {
            string type = probe.Text("query_type") ?? "ANY";
            if (type == "ANY")
            {
                remarks.Lose(
                    probe.Line,
                    "dns.query_type ANY, which name servers no longer answer (RFC 8482): SOA is asked for instead"
                );
                type = "SOA";
            }

            ConvertedMap options = new ConvertedMap()
                .Add("name", probe.Text("query_name") ?? ".")
                .Add("type", type)
                .Add("server", target ?? Placeholder);
            string[] codes = [.. probe.Texts("valid_rcodes")];
            options.AddIf("rcode", codes is [not "NOERROR", ..] ? codes[0] : null);
            if (codes.Length > 1)
            {
                remarks.Lose(probe.Line, $"dns.valid_rcodes {string.Join(", ", codes)}: one can be expected");
            }

            if (probe.Text("transport_protocol") is { } transport and not "udp")
            {
                remarks.Lose(
                    probe.Line,
                    $"dns.transport_protocol {transport}: TCP is spoken where an answer is too long for UDP"
                );
            }

            SourceMap answers = probe.Map("validate_answer_rrs");
            foreach (YamlEntry rule in answers.Entries)
            {
                remarks.Lose(
                    rule.Key.Position.Line,
                    $"dns.validate_answer_rrs.{rule.Name}: answers are expected by their values, not by patterns"
                );
            }

            return ConvertedTask.Check("dns", options.AddIf("timeout", timeout));
        }

        private ConvertedMap? Grpc(SourceMap probe)
        {
            bool isTls = probe.Flag("tls") == true;
            if (ConvertedTask.Split(target ?? $"{Placeholder}:{(isTls ? "443" : "50051")}") is not var (host, port))
            {
                return null;
            }

            ConvertedMap options = new ConvertedMap()
                .Add("host", host)
                .Add("port", port)
                .AddIf("service", probe.Text("service") is { Length: > 0 } service ? service : null)
                .AddIf("tls", isTls);
            if (isTls)
            {
                SourceMap tls = probe.Map("tls_config");
                options.AddIf("server_name", tls.Text("server_name"));
                AddTls(tls, options);
            }

            AddFamily(probe, options);
            return ConvertedTask.Check("grpc", options.AddIf("timeout", timeout));
        }
    }
}
