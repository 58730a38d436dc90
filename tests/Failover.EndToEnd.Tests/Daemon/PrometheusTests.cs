using System.Text.Json;

namespace Failover;

/// <summary>Prometheus scrapes a daemon, its alerts fire and resolve, and its tools find no fault.</summary>
public sealed class PrometheusTests(ScrapedDaemon scraped) : IClassFixture<ScrapedDaemon>
{
    private const string Alert =
        "ALERTS{alertname=\"FailoverComponentLatched\",alertstate=\"firing\",job=\"failover\"}";

    private Prometheus Scraper => scraped.Prometheus;

    [Fact]
    public async Task An_alert_fires_and_resolves()
    {
        await Scraper.UntilAsync(Alert, all => all.Count == 0);

        scraped.Target.Stop();
        await Scraper.UntilAsync(Alert, all => all is [var only] && only.Labels["component"] == "mail");
        scraped.Target.Start();
        await scraped.Daemon.PollUntilAsync("we%22ird%5Cn%C3%A4me", "OK");
        await scraped.Daemon.PostAsync("mail");

        await Scraper.UntilAsync(Alert, all => all.Count == 0);
        await Scraper.UntilAsync(
            "failover_transitions_total{job=\"failover\",component=\"mail\",to=\"ok\"}",
            all => all is [{ Value: "1" }]
        );
    }

    [Fact]
    public async Task Names_are_labels_as_they_are_and_one_that_is_gone_is_forgotten()
    {
        await Scraper.UntilAsync(
            "failover_probes_total{job=\"failover\",check=\"tcp\",outcome=\"ok\"} > 0",
            all => all.Count == 1
        );

        scraped.Remove();

        IReadOnlyList<Prometheus.Sample> left = await Scraper.UntilAsync(
            "failover_component_latched{job=\"failover\"}",
            all => all.Count == 2
        );
        left.Select(one => one.Labels["component"]).ShouldBe(["mail", "we\"ird\\näme"], ignoreOrder: true);
        await Scraper.UntilAsync(
            "failover_reloads_total{outcome=\"accepted\",job=\"failover\"} == 1",
            all => all.Count == 1
        );
    }

    [Fact]
    public async Task It_discovers_where_components_are_polled()
    {
        string[] urls =
        [
            $"http://127.0.0.1:{scraped.Daemon.Port}/mail",
            $"http://127.0.0.1:{scraped.Daemon.Port}/we%22ird%5Cn%C3%A4me",
        ];

        await Scraper.UntilAsync(
            "up{job=\"discovered\"}",
            all => !urls.Except(all.Select(one => one.Labels["instance"])).Any()
        );
    }

    [Fact]
    public async Task A_scrape_job_that_was_made_for_blackbox_exporter_has_it_probe()
    {
        string labels = $"{{job=\"blackbox\",instance=\"{scraped.Probed}\"}}";

        await Scraper.UntilAsync($"probe_success{labels}", all => all is [{ Value: "1" }]);
        await Scraper.UntilAsync($"up{labels}", all => all is [{ Value: "1" }]);
    }

    [Fact]
    public async Task Each_query_of_the_dashboard_is_one()
    {
        JsonElement dashboard = JsonElement.Parse(
            await File.ReadAllTextAsync(
                Path.Combine(Prometheus.Files, "failover-dashboard.json"),
                TestContext.Current.CancellationToken
            )
        );
        string[] queries =
        [
            .. dashboard
                .GetProperty("panels")
                .EnumerateArray()
                .Where(panel => panel.TryGetProperty("targets", out _))
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => target.GetProperty("expr").GetString()!),
        ];

        queries.Length.ShouldBeGreaterThan(20);
        foreach (string query in queries)
        {
            // It throws where Prometheus cannot answer it.
            await Scraper.AskAsync(
                query
                    .Replace("$job", "failover", StringComparison.Ordinal)
                    .Replace("$instance", ".*", StringComparison.Ordinal)
                    .Replace("$component", ".*", StringComparison.Ordinal)
                    .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
            );
        }
    }

    [Theory]
    [InlineData("curl -sf -H \"Authorization: Bearer $2\" http://127.0.0.1:$1/-/metrics | promtool check metrics")]
    [InlineData("promtool check rules \"$3/failover.rules.yml\"")]
    [InlineData("promtool test rules \"$3/failover.rules.test.yml\"")]
    public async Task Promtool_finds_no_fault(string script)
    {
        await using ChildProcess checking = ChildProcess.Start(
            "bash",
            "prometheus",
            "-euo",
            "pipefail",
            "-c",
            script,
            "bash",
            $"{scraped.Daemon.ManagementPort}",
            ScrapedDaemon.Token,
            Prometheus.Files
        );

        (await checking.ExitCodeAsync(Second(30))).ShouldBe(0, checking.ToString());
    }
}
