using System.Text.Json;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>The dashboard and the alerts ask for metrics that there are, with labels that they have. The guide's list of them is held against
/// what a daemon serves by another test.</summary>
public sealed partial class PrometheusFilesTests
{
    private const string Folder = "packaging/prometheus";

    // Of every scrape.
    private static readonly string[] ScrapeLabels = ["job", "instance", "le"];

    private static readonly Dictionary<string, string[]> Known = Row()
        .Matches(Repository.Read("docs/guide/metrics.md"))
        .ToDictionary(
            row => row.Groups["name"].Value,
            row => Word().Matches(row.Groups["labels"].Value).Select(label => label.Value).ToArray(),
            StringComparer.Ordinal
        );

    public static TheoryData<string> Queries => [.. OfRules().Concat(OfDashboard()).Distinct(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_query_asks_for_what_there_is(string query)
    {
        string[] names = [.. Name().Matches(query).Select(name => name.Value).Distinct(StringComparer.Ordinal)];
        names.ShouldNotBeEmpty();
        string[] unknown = [.. names.Where(name => name != "up" && Family(name) is null)];
        unknown.ShouldBeEmpty();

        string[] labels =
        [
            .. names.Where(name => name != "up").SelectMany(name => Known[Family(name)!]),
            .. ScrapeLabels,
        ];
        Matched()
            .Matches(query)
            .Select(label => label.Groups["label"].Value)
            .Concat(
                Grouped()
                    .Matches(query)
                    .SelectMany(group => Word().Matches(group.Groups["labels"].Value))
                    .Select(label => label.Value)
            )
            .Except(labels, StringComparer.Ordinal)
            .ShouldBeEmpty();
    }

    [Fact]
    public void Each_alert_is_tried()
    {
        string tried = Repository.Read($"{Folder}/failover.rules.test.yml");

        Alert()
            .Matches(Repository.Read($"{Folder}/failover.rules.yml"))
            .Select(alert => alert.Groups["name"].Value)
            .Where(name => !Fires(tried, name))
            .ShouldBeEmpty();
    }

    [Fact]
    public void The_dashboard_shows_each_metric_but_the_numbers_behind_others()
    {
        string all = string.Join('\n', OfRules().Concat(OfDashboard()));

        Known
            .Keys.Where(name => !all.Contains(name, StringComparison.Ordinal))
            .ShouldBe(
                [
                    "failover_guard_failing_components",
                    "failover_reloads_total",
                    "failover_config_last_reload_success_timestamp_seconds",
                ],
                ignoreOrder: true
            );
    }

    private static bool Fires(string tests, string alert) =>
        Regex.IsMatch(
            tests,
            $@"- alertname: {alert}\n\s+eval_time: \w+\n\s+exp_alerts:\n\s+- exp_labels",
            RegexOptions.None,
            TimeSpan.FromSeconds(1)
        );

    private static string? Family(string name) =>
        Known.ContainsKey(name)
            ? name
            : Known.Keys.FirstOrDefault(family =>
                name == $"{family}_bucket" || name == $"{family}_sum" || name == $"{family}_count"
            );

    private static IEnumerable<string> OfRules() =>
        Expression()
            .Matches(Repository.Read($"{Folder}/failover.rules.yml"))
            .Select(expression => expression.Groups["query"].Value);

    private static List<string> OfDashboard()
    {
        using JsonDocument dashboard = JsonDocument.Parse(Repository.Read($"{Folder}/failover-dashboard.json"));
        return
        [
            .. dashboard
                .RootElement.GetProperty("panels")
                .EnumerateArray()
                .Where(panel => panel.TryGetProperty("targets", out _))
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => target.GetProperty("expr").GetString()!),
            .. dashboard
                .RootElement.GetProperty("templating")
                .GetProperty("list")
                .EnumerateArray()
                .Where(variable => variable.GetProperty("type").GetString() == "query")
                .Select(variable => variable.GetProperty("query").GetProperty("query").GetString()!),
        ];
    }

    [GeneratedRegex(
        @"^\| `(?<name>\w+)` \| (gauge|counter|histogram) \| (?<labels>[^|]*) \|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Row();

    [GeneratedRegex(@"^\s+expr: (?<query>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Expression();

    [GeneratedRegex(@"- alert: (?<name>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Alert();

    [GeneratedRegex(@"\b(up|(failover|process)_\w+)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"(?<label>\w+)(=~|!~|!=|=)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Matched();

    [GeneratedRegex(@"\b(by|on|group_left|without|ignoring) \((?<labels>[^)]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Grouped();

    [GeneratedRegex(@"\w+", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
