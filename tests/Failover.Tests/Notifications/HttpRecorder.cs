using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>A web server on loopback that keeps what it is asked for.</summary>
internal sealed class HttpRecorder : IAsyncDisposable
{
    private readonly WebApplication server;
    private readonly List<HttpRecord> records = [];

    private HttpRecorder(int status)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        server = builder.Build();
        server.Run(async context =>
        {
            using StreamReader body = new(context.Request.Body);
            HttpRecord record = new(
                context.Request.Method,
                context.Request.Path + context.Request.QueryString,
                context.Request.Headers.ToDictionary(
                    header => header.Key,
                    header => header.Value.ToString(),
                    StringComparer.OrdinalIgnoreCase
                ),
                await body.ReadToEndAsync(context.RequestAborted)
            );
            lock (records)
            {
                records.Add(record);
            }

            context.Response.StatusCode = status;
            await context.Response.WriteAsync(status == 200 ? "ok" : "not so", context.RequestAborted);
        });
    }

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Url => server.Urls.Single();

    /// <summary>The only request so far.</summary>
    public HttpRecord Only
    {
        get
        {
            lock (records)
            {
                return records.ShouldHaveSingleItem();
            }
        }
    }

    public static async Task<HttpRecorder> StartAsync(int status = 200)
    {
        HttpRecorder recorder = new(status);
        await recorder.server.StartAsync(TestContext.Current.CancellationToken);
        return recorder;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}

/// <summary>A request.</summary>
internal sealed record HttpRecord(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>Its body, which is JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Body);
}
