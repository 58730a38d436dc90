using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Failover;

/// <summary>One place where requests come in: a port or a Unix socket, with a web server of its own, so that one comes or goes
/// while the others serve on.</summary>
/// <param name="address">Where. Port 0 takes a free one.</param>
/// <param name="handler">Answers a request.</param>
/// <param name="budget">How many connections it may hold open, alone or with others.</param>
/// <param name="certificate">For an address that speaks HTTPS, and for no other; loaded.</param>
internal sealed class Listener(
    ListenAddress address,
    Func<HttpContext, Task> handler,
    ConnectionBudget budget,
    TlsCertificate? certificate = null
) : IAsyncDisposable
{
    // What a client sends while its request waits for an answer stays in its own buffers and the kernel's, but for these bytes and a
    // block of 4 KiB: a client that goes away would not be noticed otherwise. With the runtime's own limits, and a kernel that lets
    // its buffers grow, it is 1.3 to 2 MB for each connection.
    private const int UnreadInput = 4 * 1024;
    private const int UnsentOutput = 16 * 1024;

    private const int LongestHead = 32 * 1024;

    private readonly TlsTermination? tls = certificate is null ? null : new(certificate);
    private WebApplication? application;
    private IServer? server;
    private UnixSocket? socket;
    private ImmutableArray<Socket> bound = [];

    /// <summary>Where it listens: once it has started, with the port that was taken.</summary>
    public ListenAddress Address { get; private set; } = address;

    /// <summary>Where the web server logs; nowhere unless it is set before the start.</summary>
    public ILoggerFactory Logging { get; set; } = NullLoggerFactory.Instance;

    /// <summary>What the service manager has opened; nothing unless it is set before the start.</summary>
    public InheritedSockets Inherited { get; set; } = InheritedSockets.None;

    /// <summary>Shows another certificate to those who connect from now on; connections that are open continue.</summary>
    /// <exception cref="InvalidOperationException">It does not speak HTTPS.</exception>
    public void Use(TlsCertificate other) =>
        (tls ?? throw new InvalidOperationException($"{Address} does not speak HTTPS")).Certificate = other;

    /// <summary>Listens.</summary>
    /// <exception cref="FailoverStartException">The port or socket is in use or may not be opened, or the host is not of this
    /// machine: one line that says which and why.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (server is not null)
        {
            throw new InvalidOperationException("the listener has been started before");
        }

        if (Address.IsTls != tls is not null)
        {
            throw new InvalidOperationException($"{Address} has {(tls is null ? "no" : "a")} certificate");
        }

        try
        {
            if (Address.SocketPath is not { } path)
            {
                bound = await TcpSockets.BindAsync(Address, Inherited, cancellationToken);
                Address = Address with { Port = ((IPEndPoint)bound[0].LocalEndPoint!).Port };
            }
            else if (Inherited.Take(path) is { } inherited)
            {
                bound = [inherited];
            }
            else
            {
                socket = UnixSocket.Create(path);
                bound = [socket.Socket];
            }

            application = Build();
            server = application.Services.GetRequiredService<IServer>();
            await server.StartAsync(new ListenerApplication(handler), cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await DisposeAsync();
            throw Fault(Address, exception, Inherited.InTheWayOf(Address));
        }
    }

    /// <summary>Finds out whether an address could be listened at: opens it without listening, and closes it at once.</summary>
    /// <exception cref="FailoverStartException">It could not: the message is that of <see cref="StartAsync"/>.</exception>
    public static async Task RehearseAsync(ListenAddress address, CancellationToken cancellationToken)
    {
        try
        {
            if (address.SocketPath is { } path)
            {
                UnixSocket.Rehearse(path);
                return;
            }

            foreach (Socket one in await TcpSockets.BindAsync(address, InheritedSockets.None, cancellationToken))
            {
                one.Dispose();
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw Fault(address, exception, inherited: null);
        }
    }

    /// <summary>Stops listening and answers what is in flight.</summary>
    /// <param name="cancellationToken">Cuts off the requests that are still in flight.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        socket?.RemoveFile();
        if (server is not null)
        {
            await server.StopAsync(cancellationToken);
        }
    }

    /// <summary>Cuts off whatever still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        socket?.RemoveFile();
        if (application is not null)
        {
            await application.DisposeAsync();
        }

        foreach (Socket one in bound)
        {
            one.Dispose();
        }

        socket?.Dispose();
    }

    // The web server and what it is made of; no pipeline, no configuration and no environment variable.
    private WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(Logging);
        builder.Services.Configure<SocketTransportOptions>(transport =>
        {
            transport.MaxReadBufferSize = UnreadInput;
            transport.MaxWriteBufferSize = UnsentOutput;
            transport.CreateBoundListenSocket = endPoint =>
                bound.FirstOrDefault(one => endPoint.Equals(one.LocalEndPoint)) ?? bound[0];
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        return builder.Build();
    }

    private void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        // The host of an absolute target wins over the Host header (RFC 9112, 3.2.2).
        options.AllowHostHeaderOverride = true;
        // Whatever bytes a header carries, it is for us to refuse them: with 401, not by cutting the connection.
        options.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(65);
        options.Limits.MaxRequestBodySize = PostRequest.LongestBody;
        options.Limits.MaxRequestHeadersTotalSize = LongestHead;
        options.Limits.MaxRequestBufferSize = LongestHead;
        options.Limits.MaxResponseBufferSize = UnsentOutput;
        if (Address.SocketPath is { } path)
        {
            options.ListenUnixSocket(path, Configure);
        }
        else
        {
            foreach (Socket one in bound)
            {
                options.Listen((IPEndPoint)one.LocalEndPoint!, Configure);
            }
        }
    }

    private void Configure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(budget.Limit);
        tls?.Terminate(listen);
    }

    private static FailoverStartException Fault(ListenAddress address, Exception exception, string? inherited)
    {
        Exception cause = exception.GetBaseException();
        string by = inherited is null
            ? ""
            : $", by the socket that the service manager passes: listen: \"{inherited}\" takes it";
        return new(
            $"cannot listen on {address}: {(address.SocketPath is null ? Cause(cause) : exception.Message)}{by}",
            exception
        )
        {
            IsHeldElsewhere = cause is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse },
        };
    }

    private static string Cause(Exception exception) =>
        exception switch
        {
            AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
                "the port is in use",
            SocketException { SocketErrorCode: SocketError.AccessDenied } => "this user may not open the port",
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
                "the address is not of this machine",
            SocketException { SocketErrorCode: SocketError.HostNotFound } => "there is no such host",
            _ => exception.Message,
        };
}
