using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>Serves components over HTTP: a poller GETs <c>/name</c> and reads <c>200 OK</c>, <c>503 FAIL</c> or
/// <c>500 ERROR</c>.</summary>
/// <example><code>
/// var server = new HealthCheckServer(port: 8080);
/// server.AddComponent("mail", new TcpCheck(host: "192.0.2.1", port: 25));
/// server.RunForever();
/// </code></example>
public sealed class HealthCheckServer : IAsyncDisposable
{
    // Within the 10 s that a service manager usually gives: what still runs then is cut off, for which the web server takes a
    // second, and so may a check that ignores that it is to end. One more is left to clean up.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(7);

    // After that a script is over, whatever still holds up the end.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(9);

    private readonly HealthService service;
    private readonly ConnectionBudgets budgets;
    private readonly Listener listener;
    private readonly ILoggerFactory? loggerFactory;
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PoolWatch? poolWatch;
    private EventLog? log;
    private Task logging = Task.CompletedTask;
    private bool isStarted;

    /// <summary>Describes the server; opens nothing.</summary>
    /// <param name="port">0 to 65535; 0 takes a free one, to be read from <see cref="Port"/> once it runs.</param>
    /// <param name="host">The name or address of this machine to listen on: <c>0.0.0.0</c> is all of IPv4, <c>::</c> all of IPv6 alone; left
    /// out, all addresses, IPv6 and IPv4.</param>
    /// <param name="state">Where latches, judged states and armed oneshots outlive the process; left out, nowhere. It belongs to the
    /// server from then on.</param>
    /// <param name="loggerFactory">Where it logs, the web server too; left out, <see cref="Output"/>. Unlike that one, a logger that blocks
    /// may delay answers.</param>
    /// <exception cref="ArgumentException">A port out of range, or an empty host.</exception>
    public HealthCheckServer(
        int port,
        string? host = null,
        IStateStore? state = null,
        ILoggerFactory? loggerFactory = null
    )
        : this(port, host, BootTime.Instance, state, loggerFactory) { }

    internal HealthCheckServer(
        int port,
        string? host,
        TimeProvider time,
        IStateStore? state = null,
        ILoggerFactory? loggerFactory = null
    )
    {
        this.loggerFactory = loggerFactory;
        if (port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
        {
            throw new ArgumentOutOfRangeException(
                nameof(port),
                port,
                $"port is {port}; accepted: 0 to 65535, 0 for any free one"
            );
        }

        if (host is not null && Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            throw new ArgumentException(
                $"host is {Printable.Quoted(host)}; accepted: a name or an address of this machine, or none for all of them",
                nameof(host)
            );
        }

        if (host is not null && ListenAddress.IsMapped(host.Trim('[', ']')))
        {
            throw new ArgumentException(
                $"host is {Printable.Quoted(host)}, an IPv4 address in the form of an IPv6 one; accepted: the IPv4 address itself",
                nameof(host)
            );
        }

        service = new HealthService(time, state);
        HealthEndpoint endpoint = new(service);
        budgets = new ConnectionBudgets(time) { IsExempt = address => service.TrustedProxies.Contains(address) };
        budgets.Apply(new(), hasUnixSockets: false, hasManagement: false);
        listener = new Listener(
            new ListenAddress(host?.Trim('[', ']'), port),
            http => endpoint.HandleAsync(http, prefix: ""),
            budgets.Pollers,
            polls: service
        );
    }

    /// <summary>Where lines about what is served and what changes are written; the standard output unless it is set before the
    /// start. <see cref="TextWriter.Null"/> for none. A thread of the server's writes them: a writer that blocks or fails delays no
    /// answer, and lines that it does not take in time are dropped and counted. Not used where a logger factory was given.</summary>
    public TextWriter Output { get; init; } = StandardStreams.Output;

    /// <summary>The reverse proxies in front of this server: addresses, networks as <c>10.0.0.0/8</c>, and <c>unix</c> for whoever connects
    /// over a Unix socket. None unless it is set.</summary>
    /// <remarks>Of a request from one of them, the client is the rightmost address in <c>X-Forwarded-For</c> that is not in this list; it is
    /// whom failed log-ins are counted for and whom the log names. <c>X-Forwarded-Proto</c> and <c>X-Forwarded-Host</c> say which scheme
    /// and host a browser's <c>Origin</c> must have. From anybody else these headers mean nothing, and where
    /// <c>X-Forwarded-For</c> is missing or malformed, the client is the proxy.</remarks>
    /// <exception cref="ArgumentException">An entry is none of these.</exception>
    public IReadOnlyList<string> TrustedProxies
    {
        get => service.TrustedProxies.Texts;
        init => service.TrustedProxies = TrustedProxySet.Parse(value, nameof(TrustedProxies));
    }

    /// <summary>How many probes run at a time, in all, from 1 to 1,000,000. Null unless it is set: half of the limit of open files.</summary>
    /// <remarks>A probe beyond that waits, in the order of asking, for as long as it may itself take; its timeout begins when it begins. One that
    /// has waited so long is an error and is not begun.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int? MaxProbes
    {
        get => service.ProbeLimits.Max;
        init => service.ProbeLimits = service.ProbeLimits with { Max = ProbeLimits.Check(value, nameof(MaxProbes)) };
    }

    /// <summary>How many probes of one host run at a time, from 1 to 1,000,000. Null unless it is set: any number.</summary>
    /// <remarks>A host is what checks say of themselves (<see cref="ProbeCheck.TargetHost"/>): a name and its address are two. Those beyond the
    /// number wait as for <see cref="MaxProbes"/>, and hold up no probe of another host.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int? MaxProbesPerHost
    {
        get => service.ProbeLimits.MaxPerHost;
        init =>
            service.ProbeLimits = service.ProbeLimits with
            {
                MaxPerHost = ProbeLimits.Check(value, nameof(MaxProbesPerHost)),
            };
    }

    /// <summary>The port that is listened on; before the start, the one that was asked for.</summary>
    public int Port => listener.Address.Port;

    internal HealthService Service => service;

    internal ConnectionBudget Budget => budgets.Pollers;

    /// <summary>Serves a task at a path.</summary>
    /// <param name="name">The path without its leading slash: one or more segments joined by <c>/</c>, none of them empty,
    /// <c>.</c> or <c>..</c>, no control characters, not under <c>-/</c>.</param>
    /// <param name="task">Its task.</param>
    /// <param name="onPost">What a POST does, as <c>mailCheck.Reset</c>; left out, POST is not allowed.</param>
    /// <param name="responseDeadline">The longest that a request waits for an evaluation, from 1 ms to 30 days: at the deadline the last
    /// known state is the answer, and the evaluation continues. Left out, a request waits until the evaluation ends, at most for
    /// three times the task's longest time and no less than a second; then the answer is an error.</param>
    /// <param name="onError">As what an error is served, since most pollers take <c>500 ERROR</c> for down: as an error, as a fail, or as
    /// the last definite state (<see cref="OnError.Hold"/>).</param>
    /// <param name="onErrorFor">For how long at most the last definite state is held, from 1 ms to 30 days, counted from the first error
    /// of an unbroken run of errors; 5 minutes where it is left out. With <see cref="OnError.Hold"/> only.</param>
    /// <param name="guard">What delays its moves to fail where too many of the components with the same guard fail; left out, nothing.</param>
    /// <param name="probeHistogram">Counts how long the probes of all its checks take, for the metric
    /// <c>failover_component_probe_duration_seconds</c>, which only components have that ask for it.</param>
    /// <exception cref="ArgumentException">A bad or doubled name, no task, a duration out of range, an
    /// <paramref name="onErrorFor"/> without <see cref="OnError.Hold"/>, or a POST action that nobody may
    /// do or that changes nothing that is served; a <see cref="Oneshot"/> that is not in the <c>toOk</c> of its toggle, or a latch that only a POST resets
    /// without <paramref name="onPost"/>.</exception>
    /// <exception cref="InvalidOperationException">The server has been started.</exception>
    public void AddComponent(
        string name,
        HealthTask task,
        PostAction? onPost = null,
        TimeSpan? responseDeadline = null,
        OnError onError = OnError.Error,
        TimeSpan? onErrorFor = null,
        Guard? guard = null,
        bool probeHistogram = false
    ) =>
        service.Add(
            new(name, task, onPost, responseDeadline, ErrorHandling.Of(onError, onErrorFor))
            {
                Guard = guard,
                HasProbeHistogram = probeHistogram,
            }
        );

    /// <summary>Schedules maintenance of components that have been added.</summary>
    /// <param name="maintenance">When, of what, and what is served meanwhile.</param>
    /// <exception cref="ArgumentException">Another one has its name, or one of its components has not been added.</exception>
    /// <exception cref="InvalidOperationException">The server has been started.</exception>
    public void AddMaintenance(Maintenance maintenance)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        service.AddMaintenance(maintenance);
    }

    /// <summary>Sends notifications of components that have been added on a route; several can be added.</summary>
    /// <param name="route">What is sent to whom.</param>
    /// <remarks>Where <c>state</c> outlives the process, so does what is still to be delivered. Otherwise it is lost with the process: when the
    /// server stops, what is due is tried once more, for 2 s at most.</remarks>
    /// <exception cref="ArgumentException">Another one has its name, or one of its components has not been added.</exception>
    /// <exception cref="InvalidOperationException">The server has been started.</exception>
    public void AddNotifications(NotificationRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        service.AddNotifications(route);
    }

    /// <summary>Ends the delay of a guard that is tripped: what is judged fail is served as fail, and latches.</summary>
    /// <param name="guard">The guard.</param>
    /// <returns>Whether it delayed anything.</returns>
    public bool Release(Guard guard)
    {
        ArgumentNullException.ThrowIfNull(guard);
        return service.Engine.ReleaseGuard(guard.Name);
    }

    /// <summary>Opens the password files, starts the background loops and listens.</summary>
    /// <remarks>A password file that cannot be used is a warning in the log; see <see cref="HtpasswdFile"/>.</remarks>
    /// <exception cref="FailoverStartException">The port is in use or may not be opened, the host is not of this machine, or the
    /// store cannot be used: one line that says which and why.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (isStarted)
        {
            throw new InvalidOperationException("the server has been started before");
        }

        isStarted = true;
        log = loggerFactory is null
            ? new(Output, service.Time)
            : new(loggerFactory.CreateLogger(QueuedLoggerProvider.OwnCategory), loggerFactory);
        poolWatch = new(log.Warnings(LogEvents.ThreadPool));
        budgets.Warn = log.Warnings(LogEvents.Connections);
        listener.Logging = log.Factory;
        try
        {
            service.Start(
                log.Warnings(LogEvents.PasswordFile),
                log.Warnings(LogEvents.StateStore),
                log.Warnings(LogEvents.Notifications)
            );
            logging = log.WriteAllAsync(service.Engine.Events);
            await listener.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is FailoverStartException or StateStoreException)
        {
            await DisposeAsync();
            // The message of a store names the store, and says that it cannot be used.
            throw exception as FailoverStartException ?? new FailoverStartException(exception.Message, exception);
        }

        log.WriteStart(listener.Address.ToString(), service.Components);
        log.WarnOfOneshotsWithoutPost(service.Components);
    }

    /// <summary>Stops listening, answers what is in flight and ends the background loops.</summary>
    /// <param name="cancellationToken">Cuts off the requests that are still in flight.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        service.Drain();
        await listener.StopAsync(cancellationToken);
        await DisposeAsync();
    }

    /// <summary>Serves until SIGINT or SIGTERM, then drains and returns within 10 s; a second signal ends the process at
    /// once.</summary>
    /// <exception cref="FailoverStartException">As <see cref="StartAsync"/>.</exception>
    public async Task RunForeverAsync(CancellationToken cancellationToken = default)
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using CancellationTokenRegistration cancelled = cancellationToken.Register(() => asked.TrySetResult());
        await StartAsync(cancellationToken);
        await asked.Task;
        log?.WriteNotice(LogEvents.Stopping, "draining, then stopping");
        using CancellationTokenSource cutOff = new(DrainTime, service.Time);
        await StopAsync(cutOff.Token);

        void Stop(PosixSignalContext context) => context.Cancel = asked.TrySetResult();
    }

    /// <summary>As <see cref="RunForeverAsync"/>, for the last line of a script: where the server cannot start, it writes one line to the
    /// standard error and sets the exit code to 1.</summary>
    public void RunForever()
    {
        try
        {
            // A script's main thread has nothing else to do than to wait. It is also the one that nothing keeps from ending in time:
            // signals come on a thread of their own, but all else needs the pool.
#pragma warning disable VSTHRD002
            Task serving = RunForeverAsync();
            Task.WaitAny(serving, asked.Task);
            if (Task.WaitAny([serving], LongestStop) == 0)
            {
                serving.GetAwaiter().GetResult();
            }
#pragma warning restore VSTHRD002
        }
        catch (FailoverStartException exception)
        {
            StandardStreams.WriteLast(StandardStreams.Error, $"failover: {exception.Message}");
            Environment.ExitCode = 1;
        }
    }

    /// <summary>Cuts off whatever still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        await service.DisposeAsync();
        poolWatch?.Dispose();
        await logging;
        if (log is not null)
        {
            await log.DisposeAsync();
        }
    }
}
