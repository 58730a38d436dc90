using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Whatever a receiver does, metrics are sent again, and it is said once what is wrong.</summary>
public sealed class OtlpExporterTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Second(30);

    private readonly StringWriter written = new(CultureInfo.InvariantCulture);
    private readonly EventLog log;
    private readonly OtlpExporter exporter;

    public OtlpExporterTests()
    {
        log = new(TextWriter.Synchronized(written), TimeProvider.System);
        exporter = new(
            () => [exporter!],
            () => [new("service.name", "failover")],
            "1.2.3",
            DateTimeOffset.UnixEpoch,
            TimeProvider.System,
            log
        );
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        exporter.Dispose();
        await log.DisposeAsync();
        await written.DisposeAsync();
    }

    [Fact]
    public async Task What_a_receiver_refuses_is_counted_and_said_once_and_so_is_that_it_takes_it_again()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.Answer = Status(500);
        exporter.Use(Often(receiver));
        await UntilAsync("failed", 3);

        receiver.Answer = OtlpReceiver.Taken;
        await UntilAsync("ok", 2);

        (await LogAsync()).ShouldBe([
            $"otlp: metrics cannot be sent to {receiver.Url}/: the answer is 500; it is tried again every 50ms",
            $"otlp: metrics are taken again by {receiver.Url}/",
        ]);
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_is_given_up()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);

        await FailsAsync(Often(receiver) with { Timeout = Second(0.2) }, "no complete answer within 200ms");
    }

    [Fact]
    public async Task An_answer_without_an_end_is_given_up()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.Answer = async http =>
        {
            byte[] piece = new byte[1000];
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(piece, http.RequestAborted);
            }
        };

        await FailsAsync(Often(receiver), "the answer is longer than 64 KiB");
    }

    [Fact]
    public async Task An_answer_that_comes_in_drops_is_given_up()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.Answer = async http =>
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(new byte[1], http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                // Real time: a server that is slow.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, http.RequestAborted);
            }
        };

        await FailsAsync(Often(receiver) with { Timeout = Second(0.2) }, "no complete answer within 200ms");
    }

    [Fact]
    public async Task A_page_is_no_receiver()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.Answer = http =>
        {
            http.Response.ContentType = "text/html; charset=utf-8";
            return http.Response.WriteAsync("<html>", Cancel);
        };

        await FailsAsync(Often(receiver), "the answer is a page: what answers is no receiver of OTLP");
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.Answer = http =>
        {
            http.Response.Redirect("http://127.0.0.1:1/");
            return Task.CompletedTask;
        };

        await FailsAsync(Often(receiver), "the answer is 302");
    }

    [Fact]
    public async Task Nobody_there_is_said() =>
        await FailsAsync(new() { Endpoint = "http://127.0.0.1:1", Interval = Second(0.05) }, "refused: 127.0.0.1:1");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_certificate_has_to_be_of_an_authority_that_is_trusted(bool isGrpc)
    {
        using TestAuthority authority = new();
        using TestAuthority another = new();
        using CertificateFiles trusted = new();
        await File.WriteAllTextAsync(trusted.Path, another.RootPem, Cancel);
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(isGrpc, authority.Issue("otlp"));
        OtlpSettings settings = Often(receiver) with { IsGrpc = isGrpc };

        await FailsAsync(settings, "The remote certificate is invalid");
        exporter.Use(settings with { Ca = trusted.Path });
        await UntilAsync("failed", await CountAsync("failed") + 2);
        (await CountAsync("ok")).ShouldBe(0);

        // Read again for each request.
        await File.WriteAllTextAsync(trusted.Path, authority.RootPem, Cancel);
        await UntilAsync("ok", 1);
    }

    [Fact]
    public async Task A_certificate_of_another_host_is_refused()
    {
        using TestAuthority authority = new();
        using CertificateFiles trusted = new();
        await File.WriteAllTextAsync(trusted.Path, authority.RootPem, Cancel);
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(
            tls: authority.Issue("otlp", host: "other.example.net")
        );

        await FailsAsync(Often(receiver) with { Ca = trusted.Path }, "RemoteCertificateNameMismatch");
    }

    [Fact]
    public async Task A_file_of_authorities_that_is_missing_is_said() =>
        await FailsAsync(
            new()
            {
                Endpoint = "https://127.0.0.1:1",
                Ca = "/nowhere/ca.pem",
                Interval = Second(0.05),
            },
            "/nowhere/ca.pem cannot be read"
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_complaint_is_counted_and_said(bool isGrpc)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(isGrpc);
        byte[] rejected = Convert.FromHexString("0A020805");
        receiver.Answer = isGrpc
            ? OtlpReceiver.GrpcStatus("0", answer: rejected)
            : http => http.Response.Body.WriteAsync(rejected, Cancel).AsTask();
        exporter.Use(Often(receiver) with { IsGrpc = isGrpc });

        await UntilAsync("partial", 2);

        (await LogAsync()).ShouldBe([$"otlp: {receiver.Url}/ complains of metrics: 5 data points are rejected"]);
    }

    [Theory]
    [InlineData("16", "no%20token", "grpc-status is 16: no token")]
    [InlineData("14", "", "grpc-status is 14")]
    public async Task What_gRPC_refuses_is_said(string status, string message, string problem)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(isGrpc: true);
        receiver.Answer = OtlpReceiver.GrpcStatus(status, message);

        await FailsAsync(Often(receiver) with { IsGrpc = true }, problem);
    }

    [Fact]
    public async Task What_headers_say_is_not_logged_though_a_receiver_quotes_it()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(isGrpc: true);
        receiver.Answer = http =>
            OtlpReceiver.GrpcStatus("7", $"\"{http.Request.Headers.Authorization}\", se-cret in short, may not")(http);
        OtlpSettings settings = Often(receiver) with
        {
            IsGrpc = true,
            Headers = [new("Authorization", "Bearer se-cret"), new("X-Scope-OrgID", "1")],
        };

        await FailsAsync(settings, "grpc-status is 7: \"***\", *** in short, may not");
        (await receiver.NextAsync()).Headers["X-Scope-OrgID"].ShouldBe("1");
    }

    [Fact]
    public async Task Of_what_headers_say_no_part_is_logged_where_a_text_is_cut_or_one_value_holds_another()
    {
        const string token = "0123456789-0123456789-0123456789";
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(isGrpc: true);
        receiver.Answer = OtlpReceiver.GrpcStatus("7", $"{new string('x', 270)} {token} {token}");
        OtlpSettings settings = Often(receiver) with
        {
            IsGrpc = true,
            Headers = [new("X-Scope-OrgID", token[..10]), new("Authorization", $"Bearer {token}")],
        };

        exporter.Use(settings);
        await UntilAsync("failed", 2);

        string line = (await LogAsync()).ShouldHaveSingleItem();
        line.ShouldContain(" *** ***");
        line.ShouldNotContain("123");
    }

    [Fact]
    public async Task A_server_that_speaks_no_gRPC_is_no_receiver()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(isGrpc: true);
        receiver.Answer = OtlpReceiver.Taken;

        await FailsAsync(
            Often(receiver) with
            {
                IsGrpc = true,
            },
            "the answer has no grpc-status: what answers is no receiver of OTLP by gRPC"
        );
    }

    [Theory]
    [InlineData("", "/v1/metrics")]
    [InlineData("/", "/v1/metrics")]
    [InlineData("/api/v1/otlp", "/api/v1/otlp/v1/metrics")]
    [InlineData("/v1/metrics", "/v1/metrics")]
    public async Task The_path_is_that_of_metrics(string given, string path)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        exporter.Use(Often(receiver) with { Endpoint = receiver.Url + given });

        (await receiver.NextAsync()).Line.ShouldBe($"POST {path}");
    }

    [Fact]
    public async Task Other_settings_hold_at_once_and_none_end_it()
    {
        await using OtlpReceiver first = await OtlpReceiver.StartAsync();
        await using OtlpReceiver second = await OtlpReceiver.StartAsync();
        OtlpSettings settings = new() { Endpoint = first.Url, Interval = TimeSpan.FromHours(1) };
        exporter.Use(settings);
        await first.NextAsync();

        exporter.Use(settings with { Endpoint = second.Url });
        await second.NextAsync();
        exporter.Use(null);
        exporter.Use(settings);
        await first.NextAsync();
    }

    [Fact]
    public async Task The_same_settings_read_again_change_nothing()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();

        // At least one request each where they are others.
        for (int reading = 0; reading < 3; reading++)
        {
            exporter.Use(
                new()
                {
                    Endpoint = receiver.Url,
                    Interval = TimeSpan.FromHours(1),
                    Headers = [new("X-Scope", "a")],
                    Resource = [new("b", "c")],
                }
            );
            await UntilAsync("ok", 1);
        }

        exporter.Use(Often(receiver) with { Headers = [new("X-Scope", "last")] });
        (await receiver.NextAsync()).Headers["X-Scope"].ShouldBe("a");
        (await receiver.NextAsync()).Headers["X-Scope"].ShouldBe("last");
    }

    [Theory]
    // interval, took, asked for -> pause, in seconds
    [InlineData(60, 1, null, 59)]
    [InlineData(60, 70, null, 0)]
    [InlineData(60, 1, 5.0, 59)]
    [InlineData(60, 1, 120.0, 120)]
    [InlineData(60, 1, 100_000.0, 600)]
    [InlineData(60, 70, -5.0, 0)]
    public void A_receiver_may_ask_to_be_left_alone(double interval, double took, double? asked, double pause) =>
        OtlpExporter
            .PauseAfter(
                Second(took),
                Second(interval),
                OtlpOutcome.Failed("the answer is 503", asked is { } seconds ? Second(seconds) : null)
            )
            .ShouldBe(Second(pause));

    private static OtlpSettings Often(OtlpReceiver receiver) =>
        new() { Endpoint = receiver.Url, Interval = Second(0.05) };

    private static RequestDelegate Status(int status) =>
        http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        };

    // It is tried again, however often it fails.
    private async Task FailsAsync(OtlpSettings settings, string problem)
    {
        exporter.Use(settings);
        await UntilAsync("failed", 2);
        string line = (await LogAsync()).ShouldHaveSingleItem();
        line.ShouldContain(problem);
        line.ShouldStartWith($"otlp: metrics cannot be sent to {settings.Endpoint}/: ");
    }

    private async Task<double> CountAsync(string outcome) =>
        double.Parse(
            (await ScrapedMetrics.OfAsync(exporter))[$"failover_otlp_exports_total{{outcome=\"{outcome}\"}}"],
            CultureInfo.InvariantCulture
        );

    private async Task UntilAsync(string outcome, double count)
    {
        using CancellationTokenSource patience = new(Patience, TimeProvider.System);
        while (await CountAsync(outcome) < count)
        {
            // Real time: another task's counts are looked at until they are there.
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }

    // Without times.
    private async Task<string[]> LogAsync()
    {
        await log.DisposeAsync();
        return [.. written.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Text)];
    }

    private static string Text(string line) => line[line.IndexOf("otlp:", StringComparison.Ordinal)..].TrimEnd('\r');
}
