namespace Failover;

/// <summary>Background HTTP and TLS checks of nginx, a connection each, against HAProxy and blackbox_exporter.</summary>
internal static class HttpCheckScenario
{
    private const int Rate = 1000;

    public static async Task<string> RunAsync(Bench bench)
    {
        string certificate = Certificate.Write(bench.MakeFolder());
        List<string[]> rows = [];
        List<PlotGroup> groups = [];
        CheckKind[] kinds = [CheckKind.Http, CheckKind.Tls];
        foreach (CheckKind kind in kinds)
        {
            await using NginxServer target =
                await NginxServer.StartTargetAsync(bench, kind == CheckKind.Tls ? certificate : null)
                ?? throw new BenchException("nginx is missing, which is what is checked");
            ChecksPlan plan = new(Rate, [target.Port])
            {
                Kind = kind,
                IntervalSeconds = 1,
                CertificateFile = certificate,
            };
            string name = kind == CheckKind.Http ? "HTTP" : "TLS";
            CheckFigures[] figures = await MeasureAsync(bench, plan);
            string work = $"background {name} check, {Rate:N0}/s: CPU-µs";
            bench.Verdicts.AtMostTimes(work, "HAProxy", figures[0].CpuPerCheck, figures[1].CpuPerCheck, 1.5);
            bench.Verdicts.AtMostTimes(work, "blackbox_exporter", figures[0].CpuPerCheck, figures[2].CpuPerCheck, 0.25);
            rows.AddRange(CheckRounds.Rows(name, figures));
            groups.Add(CheckRounds.Group(name, figures));
        }

        const string title = "CPU-µs a background check, on one core: less is better";
        bench.Plots.Add("checks-http", title, Plot.Bars(title, groups));
        return Tables.Table(
            "Background HTTP and TLS checks",
            $"{Rate:N0} components, every second each: a GET of an nginx, and a handshake with one whose certificate (ECDSA, P-256) is "
                + $"verified. HAProxy (`nbthread 1`) has as many servers with `option httpchk`, and with `check-ssl verify required`. "
                + "blackbox_exporter does not check by itself: it is asked by wrk over 16 connections. Each on one core, nginx on the other.",
            CheckRounds.Columns,
            rows
        );
    }

    private static async Task<CheckFigures[]> MeasureAsync(Bench bench, ChecksPlan plan)
    {
        await using BlackboxExporter? exporter = await BlackboxExporter.StartAsync(bench, plan);
        return await CheckRounds.RunAsync(
            bench,
            Checkers.Failover(bench, plan),
            Checkers.Haproxy(bench, plan),
            Checkers.OnDemand(bench, exporter, BlackboxExporter.PathsOf(plan), "blackbox_exporter")
        );
    }
}
