using System.Collections.Immutable;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>Serves one listener on the event loops of the process, with the web server behind them.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LoopServer : IAsyncDisposable
{
    private const int Backlog = 512;

    private readonly ImmutableArray<Socket> bound;
    private readonly AdoptedConnections others;
    private readonly ImmutableArray<PollLoop> loops;
    private readonly ImmutableArray<(PollLoop Loop, PollAcceptor Acceptor)> acceptors;
    private bool isStarted;

    /// <summary>Accepts nothing before <see cref="Start"/>.</summary>
    /// <param name="loops">The event loops.</param>
    /// <param name="bound">The sockets, bound.</param>
    /// <param name="polls">The components that are polled; null where everything is for the web server.</param>
    /// <param name="budget">How many connections it may hold open.</param>
    /// <param name="server">The web server.</param>
    /// <param name="logging">Where it logs.</param>
    public LoopServer(
        EventLoops loops,
        ImmutableArray<Socket> bound,
        HealthService? polls,
        ConnectionBudget budget,
        WebServer server,
        ILoggerFactory logging
    )
    {
        this.bound = bound;
        ILogger logger = logging.CreateLogger(typeof(LoopServer).FullName!);
        others = new(server, logger);
        this.loops = [.. loops.All.Select(loop => new PollLoop(loop, polls, budget, others, logger))];
        acceptors = [.. this.loops.SelectMany(loop => bound.Select(socket => (loop, new PollAcceptor(loop, socket))))];
    }

    /// <summary>Listens.</summary>
    /// <exception cref="SocketException">Another process listens there.</exception>
    public void Start()
    {
        foreach (Socket socket in bound)
        {
            socket.Blocking = false;
            if (socket.AddressFamily != AddressFamily.Unix)
            {
                // Accepted connections inherit it.
                socket.NoDelay = true;
            }

            socket.Listen(Backlog);
        }

        isStarted = true;
        foreach ((PollLoop loop, PollAcceptor acceptor) in acceptors)
        {
            loop.Loop.Post(acceptor.Begin);
        }
    }

    /// <summary>Stops listening, answers what is in flight and closes all connections.</summary>
    /// <param name="cutOff">Cuts it off.</param>
    public async Task StopAsync(CancellationToken cutOff)
    {
        await EndAcceptingAsync();
        // Side by side: a poll that hangs takes no time from what the web server answers.
        await Task.WhenAll([.. loops.Select(loop => loop.DrainAsync(cutOff)), others.StopAsync(cutOff)]);
    }

    /// <summary>Cuts off whatever still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        await others.DisposeAsync();
    }

    // The loops first: a number that is closed may be another socket's at once.
    private async Task EndAcceptingAsync()
    {
        if (!isStarted)
        {
            return;
        }

        isStarted = false;
        List<Task> ended = [];
        foreach ((PollLoop loop, PollAcceptor acceptor) in acceptors)
        {
            TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
            ended.Add(end.Task);
            loop.Loop.Post(() =>
            {
                acceptor.End();
                end.SetResult();
            });
        }

        await Task.WhenAll(ended);
        foreach (Socket socket in bound)
        {
            socket.Dispose();
        }
    }
}
