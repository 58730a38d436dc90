using System.Text;

namespace Failover;

/// <summary>A module of blackbox_exporter with a target.</summary>
/// <param name="module">The module.</param>
/// <param name="target">What is probed; null where that is not known.</param>
/// <param name="remarks">Takes what is lost.</param>
internal sealed partial class BlackboxModule(SourceMap module, string? target, ConvertedMap remarks)
{
    /// <summary>What stands for a target that is not known.</summary>
    public const string Placeholder = "target.example.net";

    private readonly string? timeout = ConvertedTask.Duration(module.Text("timeout"));
    private bool canBeRight = true;

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
            remarks.Lose(
                module.Line,
                canBeRight
                    ? $"a check by the prober {prober}: there is none of its kind"
                    : ConvertedTask.NoStatusIsRight
            );
        }
        else
        {
            probe.LoseRest(remarks, $"{prober}.");
        }

        return task;
    }

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
        if (isTls || tcp.IsStartTls)
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
        if (tls >= 0)
        {
            tcp.Preset = steps
                .Take(tls)
                .Select(step => StartTlsOf(step.Text("send")))
                .LastOrDefault(name => name is not null);
            tcp.IsStartTls = tcp.Preset is not null;
            if (!tcp.IsStartTls)
            {
                remarks.Lose(
                    probe.Line,
                    "tcp.query_response: TLS is asked for in an unknown way; only the connection is checked"
                );
                return;
            }
        }

        // What comes before TLS is what the preset says.
        foreach (SourceMap step in steps.Skip(tls + 1))
        {
            if (step.Text("expect") is { Length: > 0 } pattern)
            {
                tcp.MatchLine(pattern);
            }

            if (step.Text("expect_bytes") is { Length: > 0 } bytes)
            {
                tcp.Expect(Encoding.UTF8.GetBytes(bytes));
            }

            if (step.Text("send") is { Length: > 0 } sent)
            {
                if (step.Text("expect") is { Length: > 0 } && sent.Contains('$', StringComparison.Ordinal))
                {
                    remarks.Lose(
                        step.Line,
                        $"tcp.query_response sends a part of what was received, {sent.Replace("$$", "$", StringComparison.Ordinal)}: the exchange ends before it"
                    );
                    return;
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
