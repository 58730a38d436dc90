using System.Text.RegularExpressions;

namespace Failover;

/// <summary>What a daemon serves at <c>/-/metrics</c> is what the guide says.</summary>
public sealed partial class DaemonMetricsTests : IAsyncLifetime
{
    private static readonly string[] Suffixes = ["_bucket", "_sum", "_count"];

    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
    private RunningDaemon daemon = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        daemon = await RunningDaemon.StartAsync(
            """
            guards: {web: {components: web, max_failing: 1}}
            notifications: {routes: {ops: {webhook: "http://127.0.0.1:1/"}}}
            components:
              mail: {tcp: {host: 127.0.0.1, port: 1}, interval: 100ms, fail_after: 2, probe_histogram: true}
              web: {tcp: {host: 127.0.0.1, port: 1}, interval: 100ms}
            """
        );

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await daemon.DisposeAsync();
    }

    [Fact]
    public async Task The_guide_has_each_metric_with_its_type_labels_unit_and_meaning()
    {
        await daemon.UntilAsync(() => daemon.Log.Contains("/mail ok -> fail", StringComparison.Ordinal));
        List<Family> served = Families(await ScrapeAsync());
        List<Family> told =
        [
            .. Row()
                .Matches(
                    await File.ReadAllTextAsync(
                        Path.Combine(ConfigurationFileTests.Root, "docs", "guide", "metrics.md"),
                        Cancel
                    )
                )
                .Select(row => new Family(
                    row.Groups["name"].Value,
                    row.Groups["type"].Value,
                    row.Groups["labels"].Value.Replace("`", "", StringComparison.Ordinal),
                    row.Groups["unit"].Value,
                    row.Groups["meaning"].Value
                )),
        ];

        // This daemon has seen no certificate: of that family there is no sample that shows its labels.
        served
            .Select(family =>
                family.Name == "failover_certificate_expiry_timestamp_seconds"
                    ? family with
                    {
                        Labels = "component",
                    }
                    : family
            )
            .ShouldBe(told, ignoreOrder: true);
    }

    [Fact]
    public async Task Reloads_are_counted_and_the_newest_one_is_told()
    {
        string text = await ScrapeAsync();

        text.ShouldContain("\nfailover_reloads_total{outcome=\"accepted\"} 0\n");
        text.ShouldContain("\nfailover_reloads_total{outcome=\"rejected\"} 0\n");
        text.ShouldContain("\nfailover_config_last_reload_successful 1\n");
        text.ShouldContain($"\nfailover_build_info{{version=\"{DaemonStatus.Version}\"");
    }

    [Fact]
    public async Task Where_components_are_polled_is_a_target()
    {
        string targets = await client.GetStringAsync(new Uri($"{daemon.Url}/-/sd"), Cancel);

        string port = Served().Match(daemon.Log).Groups["port"].Value;
        targets.ShouldContain($"\"targets\":[\"http://127.0.0.1:{port}/mail\"]");
        targets.ShouldContain($"\"targets\":[\"http://127.0.0.1:{port}/web\"]");
    }

    private Task<string> ScrapeAsync() => client.GetStringAsync(new Uri($"{daemon.Url}/-/metrics"), Cancel);

    private static List<Family> Families(string text)
    {
        List<Family> families = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', 4);
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                families.Add(new(words[2], "", "", UnitOf(words[2]), words[3]));
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                families[^1] = families[^1] with { Type = words[3] };
                words[2].ShouldBe(families[^1].Name);
            }
            else
            {
                string name = line.Split('{', ' ')[0];
                bool isOfFamily =
                    name == families[^1].Name || Suffixes.Any(suffix => name == families[^1].Name + suffix);
                isOfFamily.ShouldBeTrue(line);
                families[^1] = families[^1] with
                {
                    Labels = string.Join(
                        ", ",
                        Label().Matches(line).Select(label => label.Groups["name"].Value).Where(label => label != "le")
                    ),
                };
            }
        }

        return families;
    }

    private static string UnitOf(string name)
    {
        string bare = name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;
        return bare.EndsWith("_seconds", StringComparison.Ordinal) ? "seconds"
            : bare.EndsWith("_bytes", StringComparison.Ordinal) ? "bytes"
            : "";
    }

    [GeneratedRegex(
        @"^\| `(?<name>\w+)` \| (?<type>gauge|counter|histogram) \| (?<labels>[^|]*) \| (?<unit>\w*) \| (?<meaning>[^|]*) \|$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Row();

    [GeneratedRegex("[{,](?<name>[a-z_]+)=\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();

    [GeneratedRegex(@"listens on http://127\.0\.0\.1:(?<port>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Served();

    private sealed record Family(string Name, string Type, string Labels, string Unit, string Meaning);
}
