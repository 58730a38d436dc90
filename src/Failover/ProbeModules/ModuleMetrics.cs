using System.Globalization;
using System.Net;

namespace Failover;

/// <summary>What a probe of a module saw, under the names of blackbox_exporter.</summary>
/// <param name="probe">The probe, which has ended.</param>
internal sealed class ModuleMetrics(ModuleProbe probe) : IMetricSource
{
    private readonly Observation seen = probe.Seen!;
    private readonly Dictionary<string, double> figures = FiguresOf(probe.Seen!.PerformanceData);

    private double Lookup => probe.Trail.Lookup.TotalSeconds;

    /// <inheritdoc/>
    public ValueTask WriteAsync(MetricsWriter writer)
    {
        IPAddress? address = probe.Trail.Address;
        writer.Begin("probe_success", MetricType.Gauge, "1 where the probe was ok, 0 where it was not.");
        writer.Sample(seen.State == HealthState.Ok);
        writer.Begin("probe_duration_seconds", MetricType.Gauge, "How long the probe took.");
        writer.Sample(probe.Took.TotalSeconds);
        writer.Begin("probe_dns_lookup_time_seconds", MetricType.Gauge, "How long looking up names took.");
        writer.Sample(Lookup);
        writer.Begin(
            "probe_ip_protocol",
            MetricType.Gauge,
            "The version of IP by which the target was reached, 4 or 6; 0: none."
        );
        writer.Sample(
            address is null ? 0L
            : IpFamily.Ipv4.Has(address) ? 4
            : 6
        );
        writer.Begin("probe_ip_addr_hash", MetricType.Gauge, "A hash of the address of the target; 0: none is known.");
        writer.Sample(address is null ? 0L : Hash(address.GetAddressBytes()));
        if (seen.CertificateEnds is { } ends)
        {
            writer.Begin(
                "probe_ssl_earliest_cert_expiry",
                MetricType.Gauge,
                "Until when all certificates are valid that the target showed, in seconds since 1970."
            );
            writer.Sample(ends);
        }

        switch (probe.Kind)
        {
            case "http":
                WriteHttp(writer);
                break;
            case "dns":
                WritePhases(
                    writer,
                    "probe_dns_duration_seconds",
                    ("resolve", Lookup),
                    ("connect", Figure("connect")),
                    ("request", Figure("first_byte") + Figure("rest"))
                );
                break;
            case "ping":
                WritePhases(writer, "probe_icmp_duration_seconds", ("resolve", Lookup), ("rtt", Figure("rta")));
                break;
            case "grpc":
                WritePhases(
                    writer,
                    "probe_grpc_duration_seconds",
                    ("resolve", Lookup),
                    ("check", Math.Max(0, Figure("total") - Lookup))
                );
                break;
            default:
                break;
        }

        return ValueTask.CompletedTask;
    }

    private void WriteHttp(MetricsWriter writer)
    {
        HttpAnswer? answer = probe.Trail.Answer;
        writer.Begin("probe_http_status_code", MetricType.Gauge, "The status of the last answer; 0: there was none.");
        writer.Sample(answer?.Status ?? 0L);
        writer.Begin(
            "probe_http_version",
            MetricType.Gauge,
            "The version of HTTP of the last answer; 0: there was none."
        );
        writer.Sample(answer is null ? 0 : answer.Version.Major + (answer.Version.Minor / 10.0));
        writer.Begin("probe_http_redirects", MetricType.Gauge, "How many redirects were followed.");
        writer.Sample(probe.Trail.Redirects);
        writer.Begin("probe_http_ssl", MetricType.Gauge, "1 where the last request went by HTTPS.");
        writer.Sample(answer is not null && probe.IsHttps);
        writer.Begin(
            "probe_http_content_length",
            MetricType.Gauge,
            "What Content-Length of the last answer says; -1: it does not say."
        );
        writer.Sample(
            answer is null ? 0
            : long.TryParse(answer["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out long length)
                ? length
            : -1
        );
        if (answer?.IsCut != true)
        {
            writer.Begin(
                "probe_http_uncompressed_body_length",
                MetricType.Gauge,
                "The length of the body of the last answer, in bytes; missing where it was not read to its end."
            );
            writer.Sample(answer?.Body.Length ?? 0L);
        }

        writer.Begin(
            "probe_failed_due_to_regex",
            MetricType.Gauge,
            "1 where the status was right, and a header or the body was not."
        );
        writer.Sample(probe.Trail.IsRightButForItsText);
        WritePhases(
            writer,
            "probe_http_duration_seconds",
            ("resolve", Lookup),
            ("connect", Figure("connect")),
            ("tls", Figure("tls")),
            ("processing", Figure("first_byte")),
            ("transfer", Figure("rest"))
        );
    }

    private static void WritePhases(
        MetricsWriter writer,
        string family,
        params ReadOnlySpan<(string Phase, double Seconds)> phases
    )
    {
        writer.Begin(family, MetricType.Gauge, "How long each phase of the probe took.");
        foreach ((string phase, double seconds) in phases)
        {
            writer.Sample(seconds, new MetricLabel("phase", phase));
        }
    }

    private double Figure(string label) => figures.GetValueOrDefault(label);

    // FNV-1a of 32 bits over the bytes of the address, as blackbox_exporter has it: a job that moves over sees no change.
    private static uint Hash(ReadOnlySpan<byte> address)
    {
        uint hash = 2_166_136_261;
        foreach (byte one in address)
        {
            hash = unchecked((hash ^ one) * 16_777_619);
        }

        return hash;
    }

    // Of those in seconds: "connect=0.012s total=0.013s".
    private static Dictionary<string, double> FiguresOf(string performanceData)
    {
        Dictionary<string, double> read = new(StringComparer.Ordinal);
        foreach (string figure in performanceData.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (
                figure.Split('=') is [var label, [.. var number, 's']]
                && double.TryParse(
                    number,
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out double seconds
                )
            )
            {
                read[label] = seconds;
            }
        }

        return read;
    }
}
