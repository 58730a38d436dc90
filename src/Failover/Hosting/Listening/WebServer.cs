using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>ASP.NET Core's web server, Kestrel, for one listener: no pipeline, no configuration and no environment variable. It listens
/// itself, or serves the connections that it is handed.</summary>
/// <param name="handler">Answers a request.</param>
/// <param name="budget">How many connections it may hold open.</param>
/// <param name="tls">Speaks TLS first; null: it does not.</param>
/// <param name="logging">Where it logs.</param>
/// <param name="connections">Serves each connection instead of HTTP; null: HTTP.</param>
internal sealed class WebServer(
    Func<HttpContext, Task> handler,
    ConnectionBudget budget,
    TlsTermination? tls,
    ILoggerFactory logging,
    ConnectionDelegate? connections = null
) : IAsyncDisposable
{
    // What a client sends while its request waits for an answer stays in its own buffers and the kernel's, but for these bytes and a
    // block of 4 KiB: a client that goes away would not be noticed otherwise. With the runtime's own limits, and a kernel that lets
    // its buffers grow, it is 1.3 to 2 MB for each connection.
    private const int UnreadInput = 4 * 1024;
    private const int UnsentOutput = 16 * 1024;

    private const int LongestHead = 32 * 1024;

    /// <summary>Takes what it cannot parse and answers itself; null: nobody does.</summary>
    public Action<IFeatureCollection>? Malformed { get; init; }

    private WebApplication? application;
    private IServer? server;

    /// <summary>Listens.</summary>
    /// <param name="bound">The sockets, bound: of one path, or of addresses.</param>
    /// <param name="path">The path of a Unix socket; null for addresses.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task ListenAsync(ImmutableArray<Socket> bound, string? path, CancellationToken cancellationToken) =>
        StartAsync(
            services =>
                services.Configure<SocketTransportOptions>(transport =>
                {
                    transport.MaxReadBufferSize = UnreadInput;
                    transport.MaxWriteBufferSize = UnsentOutput;
                    transport.CreateBoundListenSocket = endPoint =>
                        bound.FirstOrDefault(one => endPoint.Equals(one.LocalEndPoint)) ?? bound[0];
                }),
            path is null ? bound.Select(one => one.LocalEndPoint!) : [new UnixDomainSocketEndPoint(path)],
            cancellationToken
        );

    /// <summary>Serves what it is handed.</summary>
    public Task ServeAsync(AdoptedConnections connections, CancellationToken cancellationToken) =>
        StartAsync(
            services => services.AddSingleton<IConnectionListenerFactory>(connections),
            [AdoptedConnections.Place],
            cancellationToken
        );

    /// <summary>Makes the connections that it reads out of sockets.</summary>
    public SocketConnectionContextFactory Connections() =>
        new(
            new SocketConnectionFactoryOptions { MaxReadBufferSize = UnreadInput, MaxWriteBufferSize = UnsentOutput },
            logging.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets")
        );

    /// <summary>Takes no more connections, and answers what is in flight.</summary>
    /// <param name="cancellationToken">Cuts it off.</param>
    public Task StopAsync(CancellationToken cancellationToken) =>
        server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Cuts off whatever still runs.</summary>
    public ValueTask DisposeAsync() => application?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task StartAsync(
        Action<IServiceCollection> transport,
        IEnumerable<EndPoint> places,
        CancellationToken cancellationToken
    )
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(logging);
        if (Malformed is not null)
        {
            builder.Services.AddSingleton<DiagnosticSource>(new MalformedRequests(Malformed));
        }

        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => Configure(options, places));
        transport(builder.Services);
        WebApplication built = builder.Build();
        try
        {
            IServer starting = built.Services.GetRequiredService<IServer>();
            await starting.StartAsync(new ListenerApplication(handler), cancellationToken);
            (application, server) = (built, starting);
        }
        catch
        {
            await built.DisposeAsync();
            throw;
        }
    }

    private void Configure(KestrelServerOptions options, IEnumerable<EndPoint> places)
    {
        options.AddServerHeader = false;
        // The host of an absolute target wins over the Host header (RFC 9112, 3.2.2).
        options.AllowHostHeaderOverride = true;
        // Whatever bytes a header carries, it is for us to refuse them: with 401, not by cutting the connection.
        options.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        options.Limits.KeepAliveTimeout = ConnectionLimits.KeepAlive;
        options.Limits.MaxRequestBodySize = PostRequest.LongestBody;
        options.Limits.MaxRequestHeadersTotalSize = LongestHead;
        options.Limits.MaxRequestBufferSize = LongestHead;
        options.Limits.MaxResponseBufferSize = UnsentOutput;
        foreach (EndPoint place in places)
        {
            options.Listen(place, Configure);
        }
    }

    private void Configure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(budget.Limit);
        tls?.Terminate(listen);
        if (connections is not null)
        {
            listen.Use(_ => connections);
        }
    }
}
