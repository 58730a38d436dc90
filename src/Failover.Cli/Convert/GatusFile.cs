using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>A configuration of Gatus (https://github.com/TwiN/gatus#configuration).</summary>
internal sealed partial class GatusFile
{
    private const string DefaultInterval = "60s";
    private const int DefaultFailures = 3;
    private const int DefaultSuccesses = 2;

    private readonly SourceMap root;
    private readonly ConvertedMap file = new(isBlock: true);
    private readonly ConvertedComponents components = new();

    private GatusFile(YamlMap root) => this.root = new(root, Variables);

    public static ConvertedMap Convert(YamlMap root) => new GatusFile(root).Convert();

    // $$ is a dollar, $NAME and ${NAME} are variables.
    private static string Variables(string text) =>
        Variable()
            .Replace(
                text,
                found =>
                    found.Value == "$$" ? "$"
                    : found.Value == "$${" ? "$${"
                    : $"${{env:{found.Groups["name"].Value}}}"
            );

    private ConvertedMap Convert()
    {
        SourceMap web = root.Map("web");
        if (web.Text("port") is { } port)
        {
            file.Add("listen", web.Text("address") is { } address ? ConvertedTask.Address(address, port) : port);
        }

        web.LoseRest(file, "web.");
        LoseAlerting();
        foreach (YamlNode endpoint in root.List("endpoints"))
        {
            if (root.Of(endpoint) is { } map)
            {
                Add(map);
            }
            else
            {
                components.Map.Lose(endpoint.Position.Line, $"an endpoint, which is {endpoint.Shape}");
            }
        }

        root.LoseRest(file);
        return file.Add("components", components.Map);
    }

    private void LoseAlerting()
    {
        foreach (YamlEntry provider in root.Map("alerting").Entries)
        {
            file.Lose(provider.Key.Position.Line, $"alerting.{provider.Name}: no message is sent");
        }
    }

    private void Add(SourceMap endpoint)
    {
        string plain = ConvertedComponents.Part(endpoint.Text("name") ?? "");
        string name = endpoint.Text("group") is { } group ? $"{ConvertedComponents.Part(group)}/{plain}" : plain;
        if (endpoint.Flag("enabled") == false)
        {
            components.Map.Note($"{name} is disabled in Gatus, line {endpoint.Line}");
            return;
        }

        ConvertedMap remarks = new();
        string interval = endpoint.Text("interval") ?? DefaultInterval;
        ConvertedJudgement judgement = Alerts(endpoint, remarks) with { Interval = ConvertedTask.Duration(interval) };
        if (judgement.Interval is null)
        {
            remarks.Lose(endpoint.Line, $"interval {interval}");
        }

        ConvertedMap? task = new Endpoint(endpoint, name, remarks).Task();
        endpoint.LoseRest(remarks);
        components.Add(name, endpoint.Line, task, judgement, remarks);
    }

    // What Gatus shows is the newest result; the thresholds are those of its alerts.
    private ConvertedJudgement Alerts(SourceMap endpoint, ConvertedMap remarks)
    {
        ConvertedJudgement? judgement = null;
        foreach (SourceMap alert in endpoint.List("alerts").Select(endpoint.Of).OfType<SourceMap>())
        {
            string type = alert.Text("type") ?? "";
            SourceMap usual = root.Map("alerting").Map(type).Map("default-alert");
            if ((alert.Flag("enabled") ?? usual.Flag("enabled")) == false)
            {
                continue;
            }

            ConvertedJudgement own = new()
            {
                FailAfter = Count("failure-threshold", DefaultFailures),
                OkAfter = Count("success-threshold", DefaultSuccesses),
            };
            judgement ??= own;
            string thresholds =
                own == judgement
                    ? ""
                    : $", and its own thresholds of {own.FailAfter} failures and {own.OkAfter} successes";
            remarks.Lose(alert.Line, $"the message to {type}{thresholds}");

            int Count(string key, int fallback) =>
                int.TryParse(alert.Text(key) ?? usual.Text(key), out int count) && count > 0 ? count : fallback;
        }

        return judgement ?? new();
    }

    [GeneratedRegex(@"\$\$\{?|\$\{(?<name>\w+)\}|\$(?<name>[A-Za-z_]\w*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    /// <summary>The check of an endpoint.</summary>
    private sealed class Endpoint
    {
        private readonly SourceMap map;
        private readonly ConvertedMap remarks;
        private readonly SourceMap client;
        private readonly GatusConditions conditions;
        private readonly string url;
        private readonly string name;
        private readonly string? timeout;

        public Endpoint(SourceMap map, string name, ConvertedMap remarks)
        {
            (this.map, this.name, this.remarks) = (map, name, remarks);
            url = map.Text("url") ?? "";
            client = map.Map("client");
            conditions = new(map.List("conditions").OfType<YamlText>());
            // The same as the default of every check.
            timeout = client.Text("timeout") is { } given and not "10s" ? ConvertedTask.Duration(given) : null;
        }

        public ConvertedMap? Task()
        {
            (string scheme, string rest) = url.Split("://", 2) is [var before, var after]
                ? (before.ToUpperInvariant(), after.TrimEnd('/'))
                : ("", url);
            SourceMap dns = map.Map("dns");
            ConvertedMap? task = dns.Entries.Any()
                ? Dns(dns, rest)
                : scheme switch
                {
                    "HTTP" or "HTTPS" => Http(isTls: scheme == "HTTPS"),
                    "TCP" => Tcp(rest),
                    "TLS" => Tls(rest),
                    "STARTTLS" => StartTls(rest),
                    "ICMP" => Ping(rest),
                    "GRPC" or "GRPCS" => Grpc(rest, isTls: scheme == "GRPCS"),
                    _ => null,
                };
            if (task is null)
            {
                remarks.Lose(map.Line, $"a check of {url}: there is none of its kind");
                return null;
            }

            client.LoseRest(remarks, "client.");
            foreach ((int line, string text) in conditions.Rest)
            {
                remarks.Lose(line, $"the condition {text}");
            }

            return task;
        }

        private ConvertedMap Http(bool isTls)
        {
            ConvertedMap options = new ConvertedMap().Add("url", url);
            string method = map.Text("method") ?? "GET";
            options.AddIf("method", method == "GET" ? null : method);
            AddRequest(options);
            options.AddStatus(conditions.Status());
            conditions.AddBody(options);
            options.AddIf("follow_redirects", client.Flag("ignore-redirect") != true);
            options.AddIf("insecure", isTls & client.Flag("insecure") == true);
            SourceMap tls = client.Map("tls");
            options.AddIf("client_certificate", tls.Text("certificate-file"));
            options.AddIf("client_key", tls.Text("private-key-file"));
            if (tls.Text("renegotiation") is { } renegotiation and not "never")
            {
                remarks.Lose(map.Line, $"client.tls.renegotiation {renegotiation}");
            }

            if (client.Flag("store-cookies") == true)
            {
                remarks.Lose(map.Line, "client.store-cookies: no state is kept from one probe to the next");
            }

            conditions.AddLatency(options);
            options.AddIf("timeout", timeout);
            ConvertedMap http = ConvertedTask.Check("http", options);
            return isTls && conditions.CertificateLeft() is { } left
                ? ConvertedTask.All([http, Certificate(left)])
                : http;
        }

        private void AddRequest(ConvertedMap options)
        {
            ConvertedMap headers = new();
            string? authorization = null;
            foreach (YamlEntry header in map.Map("headers").Entries)
            {
                string value = map.Map("headers").Text(header.Name) ?? "";
                if (
                    header.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
                    && Credentials(value) is { } who
                )
                {
                    authorization = who;
                }
                else
                {
                    headers.Add(header.Name, value);
                }
            }

            string? body = map.Text("body")
                ?.Replace("[ENDPOINT_NAME]", map.Text("name"), StringComparison.Ordinal)
                .Replace("[ENDPOINT_GROUP]", map.Text("group"), StringComparison.Ordinal)
                .Replace("[ENDPOINT_URL]", url, StringComparison.Ordinal);
            if (map.Flag("graphql") == true)
            {
                body = $"{{\"query\":\"{JsonEncodedText.Encode(body ?? "")}\"}}";
                headers.Add("Content-Type", "application/json");
            }

            if (
                body?.Contains("[RANDOM_STRING_", StringComparison.Ordinal) == true
                || body?.Contains("[LOCAL_ADDRESS]", StringComparison.Ordinal) == true
            )
            {
                remarks.Lose(map.Line, "placeholders in the body that differ from one probe to the next");
            }

            options.AddIf("headers", headers);
            options.AddIf("body", body);
            options.AddIf("authorization", authorization);
        }

        // With a password in it, which the check conceals: the header is not written as it is.
        private static string? Credentials(string value)
        {
            if (value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }

            Span<byte> decoded = new byte[value.Length];
            return
                value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
                && System.Convert.TryFromBase64String(value["Basic ".Length..].Trim(), decoded, out int length)
                ? ConvertedText.Literal($"Basic {Encoding.UTF8.GetString(decoded[..length])}")
                : null;
        }

        private ConvertedMap Certificate(string left)
        {
            string authority = url.Split("://", 2)[1].Split('/', '?')[0];
            (string host, string port) = ConvertedTask.Split(authority) ?? (authority.Trim('[', ']'), "443");
            ConvertedMap options = new ConvertedMap().Add("host", host).Add("port", port).Add("expires_within", left);
            if (client.Flag("insecure") == true)
            {
                remarks.Lose(
                    map.Line,
                    "client.insecure where the certificate's end is checked: it has to be trusted there"
                );
            }

            return ConvertedTask.Check("tls", options.AddIf("timeout", timeout));
        }

        private ConvertedMap? Tcp(string address)
        {
            if (ConvertedTask.Split(address) is not var (host, port))
            {
                return null;
            }

            ConvertedTcp tcp = new(host, port) { Timeout = timeout };
            string? body = map.Text("body");
            if (body is not null)
            {
                tcp.Send(body);
            }

            if (body is not null && conditions.BodyText() is { } expected)
            {
                tcp.Expect(expected);
            }

            conditions.AddLatency(tcp.Options);
            return tcp.Task();
        }

        private ConvertedMap? Tls(string address)
        {
            if (ConvertedTask.Split(address) is not var (host, port))
            {
                return null;
            }

            if (client.Flag("insecure") == true)
            {
                ConvertedTcp tcp = new(host, port) { Timeout = timeout };
                tcp.Tls.Add("insecure", "true");
                return tcp.Task();
            }

            ConvertedMap options = new ConvertedMap()
                .Add("host", host)
                .Add("port", port)
                .AddIf("expires_within", conditions.CertificateLeft());
            conditions.AddLatency(options);
            return ConvertedTask.Check("tls", options.AddIf("timeout", timeout));
        }

        // Gatus speaks SMTP there, whatever the port.
        private ConvertedMap? StartTls(string address)
        {
            if (ConvertedTask.Split(address) is not var (host, port))
            {
                return null;
            }

            ConvertedTcp tcp = new(host, port) { Timeout = timeout, StartTls = "smtp" };
            if (client.Flag("insecure") == true)
            {
                tcp.Tls.Add("insecure", "true");
            }

            return tcp.Task();
        }

        private ConvertedMap Ping(string host)
        {
            ConvertedMap options = new ConvertedMap().Add("host", host).Add("count", "1");
            string? family = client.Text("network") switch
            {
                "ip4" => "ipv4",
                "ip6" => "ipv6",
                _ => null,
            };
            conditions.AddLatency(options);
            return ConvertedTask.Check("ping", options.AddIf("family", family).AddIf("timeout", timeout));
        }

        private ConvertedMap? Grpc(string address, bool isTls)
        {
            if (ConvertedTask.Split(address) is not var (host, port))
            {
                return null;
            }

            ConvertedMap options = new ConvertedMap().Add("host", host).Add("port", port).AddIf("tls", isTls);
            options.AddIf("insecure", isTls && client.Flag("insecure") == true);
            conditions.IsServing();
            conditions.AddLatency(options);
            return ConvertedTask.Check("grpc", options.AddIf("timeout", timeout));
        }

        private ConvertedMap Dns(SourceMap dns, string server)
        {
            ConvertedMap options = new ConvertedMap()
                .Add("name", dns.Text("query-name") ?? name)
                .Add("type", (dns.Text("query-type") ?? "A").ToUpperInvariant())
                .Add("server", server);
            dns.LoseRest(remarks, "dns.");
            conditions.AddAnswers(options);
            return ConvertedTask.Check("dns", options.AddIf("timeout", timeout));
        }
    }
}
