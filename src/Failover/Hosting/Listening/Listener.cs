using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Failover;

/// <summary>One place where requests come in: a port or a Unix socket, with a web server of its own, so that one comes or goes
/// while the others serve on.</summary>
/// <param name="address">Where. Port 0 takes a free one.</param>
/// <param name="handler">Answers a request.</param>
/// <param name="budget">How many connections it may hold open, alone or with others.</param>
/// <param name="certificate">For an address that speaks HTTPS, and for no other; loaded.</param>
/// <param name="polls">The components whose plainest polls are answered without the handler, which would answer the same; null:
/// none.</param>
/// <param name="connections">Serves each connection instead of HTTP, so that there are no requests; null: HTTP.</param>
internal sealed class Listener(
    ListenAddress address,
    Func<HttpContext, Task> handler,
    ConnectionBudget budget,
    TlsCertificate? certificate = null,
    HealthService? polls = null,
    ConnectionDelegate? connections = null
) : IAsyncDisposable
{
    private readonly TlsTermination? tls = certificate is null ? null : new(certificate);
    private WebServer? server;
    private LoopServer? polled;
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

            server = new(handler, budget, tls, Logging, connections)
            {
                Malformed = polls is null ? null : polls.Refused.NoteMalformed,
            };
            if (connections is null && OperatingSystem.IsLinux() && EventLoops.OfProcess is { } loops)
            {
                polled = new(loops, bound, tls is null ? polls : null, budget, server, Logging);
                polled.Start();
            }
            else
            {
                await server.ListenAsync(bound, Address.SocketPath, cancellationToken);
            }
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
        if (polled is not null && OperatingSystem.IsLinux())
        {
            await polled.StopAsync(cancellationToken);
        }
        else if (server is not null)
        {
            await server.StopAsync(cancellationToken);
        }
    }

    /// <summary>Cuts off whatever still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        socket?.RemoveFile();
        if (polled is not null && OperatingSystem.IsLinux())
        {
            await polled.DisposeAsync();
        }

        if (server is not null)
        {
            await server.DisposeAsync();
        }

        foreach (Socket one in bound)
        {
            one.Dispose();
        }

        socket?.Dispose();
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
