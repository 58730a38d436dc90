using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Failover;

/// <summary>What a check sends and tells by HTTP/2 as by HTTP/1.1, though .NET's client speaks it.</summary>
public sealed class HttpCheckHttp2Tests
{
    // RFC 9113, 6.5, 6.8 and 6.4: length, type, flags, stream.
    private static readonly byte[] Settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    private static readonly byte[] GoAway = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] RefusedStream = [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 7];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpProtocol.Http1)]
    [InlineData(HttpProtocol.Http2)]
    public async Task Headers_are_sent_in_UTF_8(HttpProtocol protocol)
    {
        List<string> sent = [];
        await using WebApplication server = await ServeAsync(
            protocol == HttpProtocol.Http1 ? HttpProtocols.Http1 : HttpProtocols.Http2,
            context =>
            {
                sent.Add($"{context.Request.Headers["X-Name"]} {context.Request.Headers.UserAgent}");
                return Task.CompletedTask;
            }
        );
        Dictionary<string, string> headers = new() { ["X-Name"] = "Zürich €", ["User-Agent"] = "größer" };

        Observation seen = await ProbeAsync(new HttpCheck(server.Urls.Single(), headers: headers, protocol: protocol));

        seen.State.ShouldBe(Ok, seen.Reason);
        sent.ShouldBe(["Zürich € größer"]);
    }

    [Fact]
    public Task A_request_that_the_server_refuses_is_not_sent_again() => IsNotRetriedAsync(RefusedStream);

    [Fact]
    public Task A_server_that_goes_away_is_not_asked_again() => IsNotRetriedAsync(GoAway);

    [Fact]
    public async Task What_keeps_this_machine_from_connecting_until_the_deadline_is_an_error()
    {
        using ManualResetEventSlim ended = new();
        using ManualResetEventSlim begun = new();
        Resolver resolver = new(
            _ =>
            {
                begun.Set();
                ended.Wait(Cancel);
                return [IPAddress.Loopback];
            },
            threadLimit: 1
        );
        Task<Resolution> other = resolver.ResolveAsync("other.test", Cancel).AsTask();
        begun.Wait(Cancel);
        ManualTime time = new();
        HttpCheck check = new("http://web.test/", protocol: HttpProtocol.Http2) { NameResolver = resolver };

        Task<Observation> probe = check.ProbeAsync(time, Cancel).AsTask();
        time.Advance(check.Timeout);
        Observation seen = await probe;
        ended.Set();
        await other;

        (seen.State, seen.Reason).ShouldBe(
            (Error, "name resolution did not start, 1 lookups are waiting for an answer: web.test")
        );
    }

    private static async Task IsNotRetriedAsync(byte[] answer)
    {
        int connections = 0;
        int requests = 0;
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                Interlocked.Increment(ref connections);
                await FaultServer.ReadHeadAsync(stream, cancel);
                await stream.WriteAsync(Settings, cancel);
                await stream.ReadExactlyAsync(new byte["SM\r\n\r\n".Length], cancel);
                await ReadRequestAsync(stream, cancel);
                Interlocked.Increment(ref requests);
                await stream.WriteAsync(answer, cancel);
                // What comes now is no request.
                await ReadRequestAsync(stream, cancel);
                Interlocked.Increment(ref requests);
            }
        );

        Observation seen = await ProbeAsync(new HttpCheck(server.Url, protocol: HttpProtocol.Http2));

        (seen.State, seen.Reason).ShouldBe(
            (Fail, $"request refused or connection closed while waiting for the answer: {server.Authority}")
        );
        (connections, requests).ShouldBe((1, 1));
    }

    // Frames up to the first with headers.
    private static async Task ReadRequestAsync(Stream stream, CancellationToken cancel)
    {
        byte[] head = new byte[9];
        do
        {
            await stream.ReadExactlyAsync(head, cancel);
            await stream.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]], cancel);
        } while (head[3] != 1);
    }

    private static async Task<WebApplication> ServeAsync(HttpProtocols protocols, RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.UTF8;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols);
        });
        WebApplication server = builder.Build();
        server.Run(answer);
        await server.StartAsync(Cancel);
        return server;
    }

    private static async Task<Observation> ProbeAsync(HttpCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
