using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Failover;

/// <summary>A server that metrics are sent to: Kestrel, which reads and answers as the test says.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly Channel<ReceivedRequest> requests = Channel.CreateUnbounded<ReceivedRequest>();
    private readonly WebApplication server;

    private OtlpReceiver(WebApplication server) => this.server = server;

    public string Url => server.Urls.Single();

    /// <summary>What it answers from now on.</summary>
    public RequestDelegate Answer { get; set; } = Taken;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<OtlpReceiver> StartAsync(bool isGrpc = false, (string Certificate, string Key)? tls = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        if (tls is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    listen.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1;
                    if (tls is var (certificate, key))
                    {
                        listen.UseHttps(https =>
                        {
                            https.ServerCertificate = X509Certificate2.CreateFromPem(certificate, key);
                            https.ServerCertificateChain = [];
                            https.ServerCertificateChain.ImportFromPem(certificate);
                        });
                    }
                }
            )
        );
        WebApplication application = builder.Build();
        OtlpReceiver receiver = new(application);
        application.Run(receiver.TakeAsync);
        await application.StartAsync(Cancel);
        if (isGrpc)
        {
            receiver.Answer = GrpcStatus("0");
        }

        return receiver;
    }

    /// <summary>Takes it, and says no more.</summary>
    public static Task Taken(HttpContext http)
    {
        http.Response.ContentType = "application/x-protobuf";
        return Task.CompletedTask;
    }

    /// <summary>Answers by gRPC, with an empty message before the trailers.</summary>
    public static RequestDelegate GrpcStatus(string status, string message = "", byte[]? answer = null) =>
        async http =>
        {
            http.Response.ContentType = "application/grpc";
            byte[] bytes = answer ?? [];
            await http.Response.Body.WriteAsync((byte[])[0, 0, 0, 0, (byte)bytes.Length, .. bytes], Cancel);
            http.Response.AppendTrailer("grpc-status", status);
            http.Response.AppendTrailer("grpc-message", message);
        };

    /// <summary>The next request, with its body read to the end.</summary>
    public ValueTask<ReceivedRequest> NextAsync() => requests.Reader.ReadAsync(Cancel);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using MemoryStream body = new();
        await http.Request.Body.CopyToAsync(body, Cancel);
        await requests.Writer.WriteAsync(
            new(
                $"{http.Request.Method} {http.Request.Path}",
                http.Request.Headers.ToDictionary(
                    header => header.Key,
                    header => header.Value.ToString(),
                    StringComparer.OrdinalIgnoreCase
                ),
                body.ToArray()
            ),
            Cancel
        );
        await Answer(http);
    }
}

/// <summary>What came.</summary>
internal sealed record ReceivedRequest(string Line, IReadOnlyDictionary<string, string> Headers, byte[] Body);
