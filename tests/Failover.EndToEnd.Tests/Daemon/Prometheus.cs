using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Failover;

/// <summary>Prometheus, from Debian's package, that scrapes a daemon ten times a second and evaluates the alerts of this repository.</summary>
internal sealed class Prometheus : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-prometheus-");
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Socket reserved = ServerPeer.Reserve();
    private readonly ChildProcess process;
    private readonly Uri url;

    private Prometheus(RunningDaemon daemon, string token, string probed)
    {
        File.WriteAllText(Path.Combine(folder.FullName, "token"), token);
        string configuration = Path.Combine(folder.FullName, "prometheus.yml");
        File.WriteAllText(
            configuration,
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                global: {scrape_interval: 100ms, scrape_timeout: 100ms, evaluation_interval: 100ms}
                rule_files: ["{{Files}}/failover.rules.yml"]
                scrape_configs:
                  - job_name: failover
                    metrics_path: /-/metrics
                    authorization: {credentials_file: token}
                    static_configs: [{targets: ["127.0.0.1:{{daemon.ManagementPort}}"]}]
                  - job_name: discovered
                    authorization: {credentials_file: token}
                    http_sd_configs:
                      - url: http://127.0.0.1:{{daemon.ManagementPort}}/-/sd
                        authorization: {type: Bearer, credentials_file: token}
                    relabel_configs:
                      - {source_labels: [__meta_failover_component], target_label: component}
                      - {source_labels: [__address__], target_label: instance}
                      - {target_label: __metrics_path__, replacement: /-/metrics}
                      - {target_label: __address__, replacement: "127.0.0.1:{{daemon.ManagementPort}}"}
                  # As blackbox_exporter is scraped.
                  - job_name: blackbox
                    scrape_interval: 2s
                    scrape_timeout: 2s
                    metrics_path: /probe
                    params: {module: [tcp_connect]}
                    authorization: {credentials_file: token}
                    static_configs: [{targets: ["{{probed}}"]}]
                    relabel_configs:
                      - {source_labels: [__address__], target_label: __param_target}
                      - {source_labels: [__param_target], target_label: instance}
                      - {target_label: __address__, replacement: "127.0.0.1:{{daemon.ManagementPort}}"}

                """
            )
        );
        int port = ServerPeer.PortOf(reserved);
        url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/api/v1/"));
        process = ChildProcess.Start(
            "prometheus",
            "prometheus",
            $"--config.file={configuration}",
            $"--storage.tsdb.path={Path.Combine(folder.FullName, "data")}",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
            "--log.level=warn"
        );
    }

    /// <summary>The alerts and the dashboard.</summary>
    public static string Files { get; } = Path.Combine(Repository.Root, "packaging", "prometheus");

    /// <summary>Starts it, and waits until it has scraped.</summary>
    /// <param name="daemon">What it scrapes.</param>
    /// <param name="token">By which it may view.</param>
    /// <param name="probed">What it has the daemon probe.</param>
    public static async Task<Prometheus> StartAsync(RunningDaemon daemon, string token, string probed)
    {
        Prometheus started = new(daemon, token, probed);
        await started.UntilAsync("up{job=\"failover\"}", values => values is [{ Value: "1" }]);
        return started;
    }

    /// <summary>Waits until a query has the answer that is waited for.</summary>
    public Task<IReadOnlyList<Sample>> UntilAsync(string query, Func<IReadOnlyList<Sample>, bool> isAwaited) =>
        Eventually.GetAsync(
            async () =>
                process.HasEnded ? throw new InvalidOperationException(process.ToString()) : await AskAsync(query),
            isAwaited,
            query
        );

    /// <summary>What a query says now; nothing where it does not serve yet.</summary>
    public async Task<IReadOnlyList<Sample>> AskAsync(string query)
    {
        JsonElement answer;
        try
        {
            answer = JsonElement.Parse(
                await client.GetStringAsync(new Uri(url, $"query?query={Uri.EscapeDataString(query)}"))
            );
        }
        catch (HttpRequestException fault) when (fault.StatusCode is null or HttpStatusCode.ServiceUnavailable)
        {
            return [];
        }

        answer.GetProperty("status").GetString().ShouldBe("success");
        return
        [
            .. answer
                .GetProperty("data")
                .GetProperty("result")
                .EnumerateArray()
                .Select(one => new Sample(
                    one.GetProperty("metric")
                        .EnumerateObject()
                        .ToDictionary(label => label.Name, label => label.Value.GetString()!),
                    one.GetProperty("value")[1].GetString()!
                )),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        client.Dispose();
        reserved.Dispose();
        folder.Delete(recursive: true);
    }

    /// <summary>A sample of an answer.</summary>
    /// <param name="Labels">Its labels.</param>
    /// <param name="Value">Its value.</param>
    internal sealed record Sample(IReadOnlyDictionary<string, string> Labels, string Value);
}
