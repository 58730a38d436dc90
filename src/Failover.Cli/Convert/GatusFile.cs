using System.Globalization;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>A configuration of Gatus (https://github.com/TwiN/gatus#configuration).</summary>
internal sealed partial class GatusFile
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(1);
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
        string? interval = endpoint.Text("interval");
        ConvertedJudgement judgement = Alerts(endpoint, remarks) with
        {
            Interval =
                interval?.Contains("${", StringComparison.Ordinal) == true
                    ? interval
                    : ConvertedTask.Duration(
                        new SourceNumbers(remarks).Duration(endpoint.Line, "interval", interval, Seconds)
                            ?? DefaultInterval
                    ),
        };

        ConvertedMap? task = new GatusEndpoint(endpoint, name, remarks).Task();
        endpoint.LoseRest(remarks);
        components.Add(name, endpoint.Line, task, judgement, remarks);
    }

    private static double? Seconds(string text) => ((TimeSpan?)DurationText.Parse(text).Value)?.TotalSeconds;

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
                int.TryParse(alert.Text(key) ?? usual.Text(key), CultureInfo.InvariantCulture, out int count)
                && count > 0
                    ? count
                    : fallback;
        }

        return judgement ?? new();
    }

    [GeneratedRegex(@"\$\$\{?|\$\{(?<name>\w+)\}|\$(?<name>[A-Za-z_]\w*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
