using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Failover;

/// <summary>What an event loop leaves to the web server: all requests but the plainest, TLS, and whatever is wrong. The web server
/// starts with the first of them.</summary>
/// <param name="server">The web server.</param>
/// <param name="logger">Takes what should not happen.</param>
internal sealed class AdoptedConnections(WebServer server, ILogger logger)
    : IConnectionListenerFactory,
        IConnectionListener,
        IAsyncDisposable
{
    private static readonly Action<ILogger, string, Exception?> Lost = LoggerMessage.Define<string>(
        LogLevel.Error,
        default,
        "a connection was lost: {Problem}"
    );

    private readonly Channel<ConnectionContext> accepted = Channel.CreateUnbounded<ConnectionContext>(
        new() { SingleReader = true }
    );
    private readonly Lazy<SocketConnectionContextFactory> connections = new(server.Connections);
    private readonly Lock gate = new();
    private readonly Activity adopting = new();
    private Task? started;
    private bool isStopped;

    /// <summary>Where the web server believes to listen.</summary>
    public static EndPoint Place { get; } = new LoopEndPoint();

    EndPoint IConnectionListener.EndPoint => Place;

    /// <summary>Takes a connection over, on another thread.</summary>
    /// <param name="descriptor">Its descriptor, which is the web server's from now on.</param>
    /// <param name="begun">What was read of it.</param>
    /// <param name="place">Its place in the budget, to be left by the web server.</param>
    /// <param name="budget">The budget.</param>
    public void Take(int descriptor, byte[] begun, TrackedConnection place, ConnectionBudget budget)
    {
        adopting.Enter();
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = AdoptAsync(descriptor, begun, place, budget), state: null);
    }

    /// <summary>Takes no more connections, and answers what is in flight.</summary>
    /// <param name="cancellationToken">Cuts it off.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await adopting.WhenIdleAsync();
        Task? running;
        lock (gate)
        {
            isStopped = true;
            running = started;
        }

        if (running is not null)
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await server.StopAsync(cancellationToken);
        }
    }

    ValueTask<IConnectionListener> IConnectionListenerFactory.BindAsync(
        EndPoint endpoint,
        CancellationToken cancellationToken
    ) => new(this);

    async ValueTask<ConnectionContext?> IConnectionListener.AcceptAsync(CancellationToken cancellationToken) =>
        await accepted.Reader.WaitToReadAsync(cancellationToken) && accepted.Reader.TryRead(out ConnectionContext? next)
            ? next
            : null;

    ValueTask IConnectionListener.UnbindAsync(CancellationToken cancellationToken)
    {
        accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        accepted.Writer.TryComplete();
        while (accepted.Reader.TryRead(out ConnectionContext? left))
        {
            await left.DisposeAsync();
        }

        if (connections.IsValueCreated)
        {
            connections.Value.Dispose();
        }
    }

    private async Task AdoptAsync(int descriptor, byte[] begun, TrackedConnection place, ConnectionBudget budget)
    {
        bool isServed = false;
        ConnectionContext? connection = null;
#pragma warning disable CA2000 // The connection disposes of the socket, and the web server of the connection.
        SafeSocketHandle handle = new(descriptor, ownsHandle: true);
        try
        {
            await StartOnceAsync();
            connection = connections.Value.Create(new Socket(handle));
#pragma warning restore CA2000
            place.Use(new TrackedPipes(connection, budget.Time, begun));
            connection.Features.Set(place);
            isServed = accepted.Writer.TryWrite(connection);
        }
#pragma warning disable CA1031 // One connection is lost; the others are not to be.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Lost(logger, exception.Message, null);
        }

        try
        {
            if (!isServed)
            {
                budget.Leave(place);
                await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
                handle.Dispose();
            }
        }
        finally
        {
            adopting.Leave();
        }
    }

    private Task StartOnceAsync()
    {
        lock (gate)
        {
            if (isStopped)
            {
                throw new InvalidOperationException("the listener has been stopped");
            }

            // One that failed, as without descriptors, is tried again with the next connection.
            if (started is null or { IsFaulted: true } or { IsCanceled: true })
            {
                started = server.ServeAsync(this, CancellationToken.None);
            }

            return started;
        }
    }

    private sealed class LoopEndPoint : EndPoint
    {
        public override string ToString() => "event loop";
    }
}
