using System.Text;
using System.Text.Json;

namespace Failover;

/// <summary>The check of an endpoint of Gatus.</summary>
internal sealed class GatusEndpoint
{
    private readonly SourceMap map;
    private readonly ConvertedMap remarks;
    private readonly SourceMap client;
    private readonly GatusConditions conditions;
    private readonly string url;
    private readonly string name;
    private readonly string? timeout;
    private bool canBeRight = true;

    public GatusEndpoint(SourceMap map, string name, ConvertedMap remarks)
    {
        (this.map, this.name, this.remarks) = (map, name, remarks);
        url = map.Text("url") ?? "";
        client = map.Map("client");
        conditions = new(map.List("conditions").OfType<YamlText>(), map.Read);
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
                "TCP" or "TLS" or "STARTTLS" => Connection(rest, scheme),
                "ICMP" => Ping(rest),
                "GRPC" or "GRPCS" => Grpc(rest, isTls: scheme == "GRPCS"),
                _ => null,
            };
        if (task is null)
        {
            remarks.Lose(
                map.Line,
                canBeRight ? $"a check of {url}: there is none of its kind" : ConvertedTask.NoStatusIsRight
            );
            return null;
        }

        client.LoseRest(remarks, "client.");
        foreach ((int line, string text) in conditions.Rest)
        {
            remarks.Lose(line, $"the condition {text}");
        }

        return task;
    }

    private ConvertedMap? Http(bool isTls)
    {
        ConvertedMap options = new ConvertedMap().Add("url", url);
        string method = map.Text("method") ?? "GET";
        options.AddIf("method", method == "GET" ? null : method);
        AddRequest(options);
        canBeRight = options.AddStatus(conditions.Status());
        if (!canBeRight)
        {
            return null;
        }

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
        // tcp://192.0.2.53:53, or udp.
        options.AddIf("resolver", client.Text("dns-resolver")?.Split("://", 2)[^1]);
        options.AddIf("proxy", client.Text("proxy-url"));
        options.AddIf("timeout", timeout);
        ConvertedMap http = ConvertedTask.Check("http", options);
        return isTls && conditions.CertificateLeft() is { } left ? ConvertedTask.All([http, Certificate(left)]) : http;
    }

    private void AddRequest(ConvertedMap options)
    {
        ConvertedMap headers = new();
        string? authorization = null;
        foreach (YamlEntry header in map.Map("headers").Entries)
        {
            string value = map.Map("headers").Text(header.Name) ?? "";
            if (
                header.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && Credentials(value) is { } who
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
            string? own = headers.Keys.FirstOrDefault(name =>
                name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)
            );
            headers.AddIf("Content-Type", own is null ? "application/json" : null);
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
            && Convert.TryFromBase64String(value["Basic ".Length..].Trim(), decoded, out int length)
            ? ConvertedText.Literal($"Basic {Encoding.UTF8.GetString(decoded[..length])}")
            : null;
    }

    private ConvertedMap Certificate(string left)
    {
        string authority = url.Split("://", 2)[1].Split('/', '?')[0];
        (string host, string port) = ConvertedTask.Split(authority) ?? (authority.Trim('[', ']'), "443");
        ConvertedTcp tcp = new(host, port) { IsTls = true, Timeout = timeout };
        tcp.Tls.AddIf("insecure", client.Flag("insecure") == true).Add("expires_within", left);
        return tcp.Task();
    }

    private ConvertedMap? Connection(string address, string scheme)
    {
        if (ConvertedTask.Split(address) is not var (host, port))
        {
            return null;
        }

        // Gatus speaks SMTP before TLS, whatever the port.
        bool isStartTls = scheme == "STARTTLS";
        bool isTls = isStartTls || scheme == "TLS";
        ConvertedTcp tcp = new(host, port)
        {
            IsTls = isTls,
            Preset = isStartTls ? "smtp" : null,
            IsStartTls = isStartTls,
            Timeout = timeout,
        };
        if (isTls)
        {
            tcp.Tls.AddIf("insecure", client.Flag("insecure") == true)
                .AddIf("expires_within", conditions.CertificateLeft());
        }

        if (!isStartTls && map.Text("body") is { Length: > 0 } body)
        {
            tcp.Send(body);
            if (conditions.BodyText() is { } expected)
            {
                tcp.MatchWhole(expected);
            }
        }

        conditions.AddLatency(tcp.Options);
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
        string type = (dns.Text("query-type") ?? "A").ToUpperInvariant();
        ConvertedMap options = new ConvertedMap()
            .Add("name", dns.Text("query-name") ?? name)
            .Add("type", type)
            .Add("server", server);
        dns.LoseRest(remarks, "dns.");
        conditions.AddAnswers(options, type);
        return ConvertedTask.Check("dns", options.AddIf("timeout", timeout));
    }
}
