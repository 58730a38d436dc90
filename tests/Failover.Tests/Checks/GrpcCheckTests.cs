using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Failover;

/// <summary>GrpcCheck against ASP.NET Core's web server, which speaks gRPC as it stands on the wire.</summary>
public sealed class GrpcCheckTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    // The message of an answer, and the status behind it.
    [Theory]
    [InlineData("00 00000002 0801", "0", null, Ok, "SERVING in ")]
    [InlineData("00 00000002 0802", "0", null, Fail, "NOT_SERVING: 127.0.0.1:")]
    [InlineData("00 00000000", "0", null, Fail, "UNKNOWN: ")]
    [InlineData("00 00000002 0803", "0", null, Fail, "SERVICE_UNKNOWN: ")]
    [InlineData("00 00000002 0809", "0", null, Fail, "health status 9: ")]
    [InlineData("", "5", "unknown%20service", Fail, "NOT_FOUND (unknown service): ")]
    [InlineData("", "12", null, Fail, "UNIMPLEMENTED: ")]
    [InlineData("", "99", null, Fail, "grpc-status 99: ")]
    [InlineData("00 00000002 0801", null, null, Fail, "malformed answer, it has no grpc-status: ")]
    [InlineData("", "0", null, Fail, "malformed answer, its message is none of the health service: ")]
    [InlineData("01 00000002 0801", "0", null, Fail, "malformed answer, its message is none of the health service: ")]
    [InlineData("00 7fffffff 0801", "0", null, Fail, "malformed answer, its message is none of the health service: ")]
    public async Task What_the_server_says_is_judged(
        string message,
        string? code,
        string? text,
        HealthState state,
        string reason
    )
    {
        byte[] body = Convert.FromHexString(message.Replace(" ", "", StringComparison.Ordinal));
        await using WebApplication server = await ServeAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(body, Cancel);
            Trail(context, code, text);
        });

        Observation seen = await ProbeAsync(new GrpcCheck("127.0.0.1", PortOf(server)));

        seen.State.ShouldBe(state, seen.Reason);
        seen.Reason.ShouldStartWith(reason);
    }

    [Fact]
    public async Task A_request_is_one_of_the_health_service()
    {
        string name = new('s', 200);
        List<string> asked = [];
        await using WebApplication server = await ServeAsync(async context =>
        {
            using MemoryStream body = new();
            await context.Request.Body.CopyToAsync(body, Cancel);
            asked.Add(
                $"{context.Request.Protocol} {context.Request.Method} {context.Request.Path} {context.Request.ContentType} {context.Request.Headers.TE} {Convert.ToHexString(body.ToArray())}"
            );
            await AnswerAsync(context);
        });

        await ProbeAsync(new GrpcCheck("127.0.0.1", PortOf(server)));
        await ProbeAsync(new GrpcCheck("127.0.0.1", PortOf(server), "ab"));
        await ProbeAsync(new GrpcCheck("127.0.0.1", PortOf(server), name));

        const string head = "HTTP/2 POST /grpc.health.v1.Health/Check application/grpc trailers";
        asked.ShouldBe([
            $"{head} 0000000000",
            $"{head} 00000000040A026162",
            $"{head} 00000000CB0AC801{string.Concat(Enumerable.Repeat("73", 200))}",
        ]);
    }

    [Fact]
    public async Task Over_TLS_the_certificate_counts()
    {
        string ca = folder.Write("ca.pem", authority.RootPem);
        await using WebApplication server = await ServeAsync(AnswerAsync, authority.Issue("a", host: "grpc.example"));
        int port = PortOf(server);

        Observation good = await ProbeAsync(
            new GrpcCheck("127.0.0.1", port, tls: true, serverName: "grpc.example", ca: ca)
        );
        Observation wrong = await ProbeAsync(new GrpcCheck("127.0.0.1", port, tls: true, ca: ca));
        Observation any = await ProbeAsync(new GrpcCheck("127.0.0.1", port, tls: true, insecure: true));
        Observation plain = await ProbeAsync(new GrpcCheck("127.0.0.1", port));

        good.State.ShouldBe(Ok, good.Reason);
        good.PerformanceData.ShouldContain(" tls=");
        wrong.Reason.ShouldStartWith("certificate is for grpc.example, not 127.0.0.1: ");
        any.State.ShouldBe(Ok, any.Reason);
        plain.State.ShouldBe(Fail, plain.Reason);
    }

    [Fact]
    public async Task What_is_no_gRPC_says_so()
    {
        await using WebApplication web = await ServeAsync(context => context.Response.WriteAsync("<html>", Cancel));
        await using WebApplication missing = await ServeAsync(context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        await using FaultServer old = FaultServer.Answering("HTTP/1.1 400 Bad Request\r\n\r\n");

        (await ProbeAsync(new GrpcCheck("127.0.0.1", PortOf(web)))).Reason.ShouldStartWith(
            "not gRPC, the content type is \"\": 127.0.0.1:"
        );
        (await ProbeAsync(new GrpcCheck("127.0.0.1", PortOf(missing)))).Reason.ShouldStartWith("status 404: ");
        Observation seen = await ProbeAsync(new GrpcCheck("127.0.0.1", old.Port));
        seen.State.ShouldBe(Fail, seen.Reason);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_a_fail_at_the_deadline()
    {
        TaskCompletionSource asked = new();
        await using WebApplication server = await ServeAsync(async context =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted)
                .ContinueWith(_ => { }, TaskScheduler.Default);
        });
        ManualTime time = new();

        Task<Observation> probe = new GrpcCheck("127.0.0.1", PortOf(server), timeout: Second(2))
            .ProbeAsync(time, Cancel)
            .AsTask();
        await asked.Task;
        time.Advance(Second(2));

        Observation seen = await probe;
        (seen.IsTimeout, seen.Reason).ShouldBe(
            (true, $"timed out after 2s while waiting for the answer: 127.0.0.1:{PortOf(server)}")
        );
    }

    [Fact]
    public void What_belongs_to_TLS_needs_it() =>
        Should
            .Throw<ArgumentException>(() => new GrpcCheck("127.0.0.1", 50051, insecure: true))
            .Message.ShouldStartWith("insecure is without TLS; accepted: tls beside it");

    private static async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync((byte[])[0, 0, 0, 0, 2, 8, 1], Cancel);
        Trail(context, "0", null);
    }

    private static void Trail(HttpContext context, string? code, string? text)
    {
        if (code is not null)
        {
            context.Response.AppendTrailer("grpc-status", code);
        }

        if (text is not null)
        {
            context.Response.AppendTrailer("grpc-message", text);
        }
    }

    private static async Task<WebApplication> ServeAsync(
        RequestDelegate answer,
        (string Certificate, string Key)? identity = null
    )
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        if (identity is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                System.Net.IPAddress.Loopback,
                0,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    if (identity is var (certificate, key))
                    {
                        X509Certificate2Collection chain = [];
                        chain.ImportFromPem(certificate);
                        listen.UseHttps(https =>
                        {
                            https.ServerCertificate = X509Certificate2.CreateFromPem(certificate, key);
                            https.ServerCertificateChain = chain;
                        });
                    }
                }
            )
        );
        WebApplication server = builder.Build();
        server.Run(answer);
        await server.StartAsync(Cancel);
        return server;
    }

    private static int PortOf(WebApplication server) => new Uri(server.Urls.Single()).Port;

    private static async Task<Observation> ProbeAsync(GrpcCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
