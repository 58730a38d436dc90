using System.Buffers;
using System.Net;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>The connections of one listener on one event loop, and what they share. All of it belongs to the thread of the loop.</summary>
/// <param name="loop">The loop.</param>
/// <param name="polls">The components that are polled; null where everything is for the web server.</param>
/// <param name="budget">How many connections the listener may hold open.</param>
/// <param name="others">Takes what is for the web server.</param>
/// <param name="logger">Takes what should not happen.</param>
[SupportedOSPlatform("linux")]
internal sealed class PollLoop(
    EventLoop loop,
    HealthService? polls,
    ConnectionBudget budget,
    AdoptedConnections others,
    ILogger logger
)
{
    private const int LongestPath = 512;

    // For a client to read anything; the web server wants 240 bytes a second from it.
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<PolledConnection> open = [];
    private bool isDraining;

    public EventLoop Loop => loop;

    public ConnectionBudget Budget => budget;

    /// <summary>Whether the loop answers anything itself.</summary>
    public bool HasPolls => polls is not null;

    /// <summary>The bytes of the answers.</summary>
    public PollAnswers Answers { get; } = new(loop.Time);

    /// <summary>Counts the answers; null where the loop answers nothing itself.</summary>
    public PollTally? Tally { get; } = polls?.Polls.OfLoop(loop.Number);

    /// <summary>Where answers are put together, of one connection at a time.</summary>
    public byte[] Output { get; } = new byte[8 * PollAnswers.Longest];

    /// <summary>Connections whose client is to send a request.</summary>
    public TimeoutList Idle { get; } = new(loop, ConnectionLimits.KeepAlive);

    /// <summary>Those whose client is to read.</summary>
    public TimeoutList Sending { get; } = new(loop, SendTimeout);

    /// <summary>Those that wait for an evaluation, which has limits of its own.</summary>
    public TimeoutList Asking { get; } = new(loop, Timeout.InfiniteTimeSpan);

    /// <summary>The component at a path; null where there is none.</summary>
    /// <param name="path">The path, ASCII and without an escape.</param>
    public Component? Find(ReadOnlySpan<byte> path)
    {
        Span<char> name = stackalloc char[LongestPath];
        return
            path.Length <= LongestPath
            && Ascii.ToUtf16(path[1..], name, out int length) == OperationStatus.Done
            && polls!.TryFind(name[..length], out Component? component)
            ? component
            : null;
    }

    /// <summary>The client that a trusted proxy sends a request for; the proxy itself where it tells none, or is none.</summary>
    /// <param name="peer">Who has sent it; null over a Unix socket.</param>
    /// <param name="forwardedFor">Its <c>X-Forwarded-For</c>.</param>
    public IPAddress? ClientOf(IPAddress? peer, ReadOnlySpan<byte> forwardedFor)
    {
        TrustedProxySet proxies = polls!.TrustedProxies;
        bool isTrusted = peer is null ? proxies.IncludesUnix : proxies.Contains(peer);
        return isTrusted
            ? ForwardedRequest.ClientOf(Encoding.ASCII.GetString(forwardedFor), proxies, out _) ?? peer
            : peer;
    }

    /// <summary>A connection begins.</summary>
    public void Enter(PolledConnection connection) => open.Add(connection);

    /// <summary>A connection has ended here.</summary>
    public void Leave(PolledConnection connection)
    {
        open.Remove(connection);
        CompleteIfDrained();
    }

    /// <summary>Gives a connection to the web server.</summary>
    public void GiveToWebServer(int descriptor, byte[] begun, TrackedConnection place) =>
        others.Take(descriptor, begun, place, budget);

    /// <summary>Answers what is in flight and closes all connections. From any thread.</summary>
    /// <param name="cutOff">Closes them at once.</param>
    public async Task DrainAsync(CancellationToken cutOff)
    {
        loop.Post(() =>
        {
            isDraining = true;
            ForEach(connection => connection.Drain());
            CompleteIfDrained();
        });
        await using CancellationTokenRegistration cut = cutOff.UnsafeRegister(
            _ => loop.Post(() => ForEach(connection => connection.CloseIfOpen())),
            state: null
        );
        await drained.Task;
    }

    /// <summary>A connection is closed because of a defect.</summary>
    public void Broke(Exception exception) => Log(() => Defect(logger, exception));

    /// <summary>Something keeps connections from being accepted.</summary>
    public void Warn(string why) => Log(() => Waiting(logger, why, null));

    // Not on the loop: where lines go may be code of the user's.
    private static void Log(Action write) =>
        ThreadPool.UnsafeQueueUserWorkItem(static write => write(), write, preferLocal: false);

    private void ForEach(Action<PolledConnection> call)
    {
        foreach (PolledConnection connection in open.ToArray())
        {
            EventLoop.Guard(connection, socket => call((PolledConnection)socket));
        }
    }

    private void CompleteIfDrained()
    {
        if (isDraining && open.Count == 0)
        {
            drained.TrySetResult();
        }
    }

    private static readonly Action<ILogger, string, Exception?> Waiting = LoggerMessage.Define<string>(
        LogLevel.Warning,
        default,
        "{Why}"
    );

    private static readonly Action<ILogger, Exception> Defect = LoggerMessage.Define(
        LogLevel.Error,
        default,
        "a connection was closed because of a defect"
    );
}
