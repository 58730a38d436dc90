namespace Failover;

/// <summary>Requests as real pollers send them, each beside the plainest that keeps or closes its connection as it does.</summary>
internal static class PollersScenario
{
    private const int Connections = 64;
    private const double MostTimes = 1.15;

    // As they arrived at a listener (HAProxy 2.6, curl 7.88), as the documentation of AWS and the sources of Kubernetes
    // (pkg/probe/http) and Prometheus (scrape/scrape.go) have them.
    private static readonly (string Name, (string, string)[] Headers)[] Kept =
    [
        ("the plainest, keep-alive", []),
        ("curl", [("User-Agent", "curl/7.88.1"), ("Accept", "*/*")]),
        (
            "Prometheus",
            [
                ("User-Agent", "Prometheus/2.53.0"),
                (
                    "Accept",
                    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
                ),
                ("Accept-Encoding", "gzip"),
                ("X-Prometheus-Scrape-Timeout-Seconds", "10"),
            ]
        ),
    ];

    private static readonly (string Name, (string, string)[] Headers)[] Closed =
    [
        ("the plainest, a connection each", [("Connection", "close")]),
        ("HAProxy, `option httpchk`", [("host", "health.example"), ("connection", "close")]),
        (
            "ELB-HealthChecker",
            [("Connection", "close"), ("User-Agent", "ELB-HealthChecker/2.0"), ("Accept-Encoding", "gzip, compressed")]
        ),
        ("kube-probe", [("User-Agent", "kube-probe/1.31"), ("Accept", "*/*"), ("Connection", "close")]),
    ];

    public static async Task<string> RunAsync(Bench bench)
    {
        using TargetListeners targets = new();
        await using DaemonServer server = await DaemonServer.StartAsync(bench, new ChecksPlan(Count: 1, targets.Ports));
        await server.WhenAllOkAsync(bench.Stop);
        LoadFigures[] kept = await MeasureAsync(bench, server, Kept);
        LoadFigures[] closed = await MeasureAsync(bench, server, Closed);
        string text = $"One background component of Failover's, on one core; wrk with {Connections} connections.";
        return string.Join(
            '\n',
            LoadRounds.Table("Pollers that keep their connection", text, "request", kept),
            LoadRounds.Table("Pollers that close it", text, "request", closed)
        );
    }

    private static async Task<LoadFigures[]> MeasureAsync(
        Bench bench,
        DaemonServer server,
        (string Name, (string, string)[] Headers)[] pollers
    )
    {
        LoadFigures[] figures = await LoadRounds.RunAsync(
            bench,
            [
                .. pollers.Select(poller => new Load(
                    poller.Name,
                    server,
                    Wrk.For(bench, Connections, ["/c0"], poller.Headers)
                )),
            ],
            TimeSpan.FromSeconds(bench.Full(2, 1))
        );
        foreach (LoadFigures figure in figures[1..])
        {
            bench.Verdicts.AtMostTimes(
                $"GET as {figure.Name} sends it: CPU-µs",
                figures[0].Name,
                figure.CpuPerRequest,
                figures[0].CpuPerRequest,
                MostTimes
            );
        }

        return figures;
    }
}
