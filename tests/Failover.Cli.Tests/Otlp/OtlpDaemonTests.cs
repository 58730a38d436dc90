using System.Globalization;

namespace Failover;

/// <summary>What a daemon sends by OTLP is what it serves at <c>/-/metrics</c>, but for what it tells of each component.</summary>
public sealed class OtlpDaemonTests
{
    // Each frame of gRPC: not compressed, and the length of the message.
    private const int GrpcPrefix = 5;

    // Scrapes have connections of their own.
    private static readonly string[] Moving =
    [
        "failover_connections_open",
        "process_open_fds",
        "process_resident_memory_bytes",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http/protobuf", "POST /v1/metrics")]
    [InlineData("grpc", "POST /opentelemetry.proto.collector.metrics.v1.MetricsService/Export")]
    public async Task It_sends_what_it_serves(string protocol, string line)
    {
        bool isGrpc = protocol == "grpc";
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(isGrpc);
        await using RunningDaemon daemon = await RunningDaemon.StartAsync(
            $$$"""
            otlp:
              endpoint: "{{{receiver.Url}}}"
              protocol: {{{protocol}}}
              interval: 1s
              headers: {X-Scope: "team a"}
              resource: {service.name: edge, deployment.environment.name: test}
            guards: {web: {components: web, max_failing: 1}}
            components:
              mail: {tcp: {host: 127.0.0.1, port: 1}, interval: 100ms, fail_after: 2, probe_histogram: true}
              web: {tcp: {host: 127.0.0.1, port: 1}, interval: 100ms}
            """
        );
        await daemon.UntilAsync(() => daemon.Log.Contains("/mail ok -> fail", StringComparison.Ordinal));

        string text = await ScrapeAsync(daemon);
        IReadOnlyDictionary<string, string> before = ScrapedMetrics.Of(text);
        DateTimeOffset scrapedAt = TimeProvider.System.GetUtcNow();
        ReceivedRequest request;
        ReceivedMetrics received;
        do
        {
            request = await receiver.NextAsync();
            received = ReceivedMetrics.Of(request.Body.AsSpan(isGrpc ? GrpcPrefix : 0));
        } while (received.At < scrapedAt);

        IReadOnlyDictionary<string, string> after = ScrapedMetrics.Of(await ScrapeAsync(daemon));

        request.Line.ShouldBe(line);
        request.Headers["X-Scope"].ShouldBe("team a");
        request.Headers["User-Agent"].ShouldBe($"failover/{DaemonStatus.Version}");
        request.Headers["Content-Type"].ShouldBe(isGrpc ? "application/grpc" : "application/x-protobuf");
        received
            .Series.Keys.Order(StringComparer.Ordinal)
            .ShouldBe(
                before
                    .Keys.Where(series => !series.Contains("component=\"", StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal)
            );
        foreach ((string series, double value) in received.Series)
        {
            // Counts may have grown in between.
            if (!Moving.Contains(series.Split('{')[0], StringComparer.Ordinal))
            {
                value.ShouldBeInRange(Number(before[series]), Number(after[series]), series);
            }
        }

        foreach ((string name, ReceivedFamily family) in received.Families)
        {
            text.ShouldContain($"# HELP {name} {family.Help}\n# TYPE {name} {family.Type}\n");
        }

        received.Families["failover_probe_duration_seconds"].Unit.ShouldBe("s");
        received.Families["process_cpu_seconds_total"].Unit.ShouldBe("s");
        received.Families["process_resident_memory_bytes"].Unit.ShouldBe("By");
        received.Families["failover_polls_total"].Unit.ShouldBe("");
        received.Scope.ShouldBe($"Failover {DaemonStatus.Version}");
        received.Resource["service.name"].ShouldBe("edge");
        received.Resource["service.version"].ShouldBe(DaemonStatus.Version);
        received.Resource["deployment.environment.name"].ShouldBe("test");
        received.Resource["service.instance.id"].ShouldMatch(@"^.+:\d+$");
    }

    [Fact]
    public async Task A_reload_has_another_receiver_take_them_without_a_restart()
    {
        await using OtlpReceiver first = await OtlpReceiver.StartAsync();
        await using OtlpReceiver second = await OtlpReceiver.StartAsync();
        await using RunningDaemon daemon = await RunningDaemon.StartAsync(
            $"components: {{}}\notlp: {{endpoint: \"{first.Url}\", interval: 1h}}"
        );
        await first.NextAsync();

        daemon.Rewrite($"components: {{}}\notlp: {{endpoint: \"{second.Url}\", interval: 1h}}");
        ReceivedMetrics received = ReceivedMetrics.Of((await second.NextAsync()).Body);

        received.Series["failover_otlp_exports_total{outcome=\"ok\"}"].ShouldBe(1);
        daemon.Log.ShouldNotContain("restart");
    }

    private static async Task<string> ScrapeAsync(RunningDaemon daemon)
    {
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        return await client.GetStringAsync(new Uri($"{daemon.Url}/-/metrics"), Cancel);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
