using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Where the daemon listens: the sockets of components and of the management API, their budgets of connections, and the
/// certificate. A start and a reload change it in the same way: what can fail is prepared, and then carried out or rolled back.</summary>
internal sealed class DaemonListeners : IAsyncDisposable
{
    private readonly DaemonContext context;
    private readonly ConnectionBudgets budgets;
    private readonly HealthEndpoint endpoint;
    private readonly ListenerSet served;
    private readonly ListenerSet management;
    private readonly ListenerSet agents;
    private TlsCertificate? certificate;
    private TlsFiles? certificateFiles;
    private readonly ManagementApplication application;
    private volatile FailoverConfiguration? current;

    // Swapped as one: an address is never served with the access of another configuration than its own, not even for the moments of a
    // reload.
    private volatile InForce inForce = new([], ManagementAccess.Open);

    /// <summary>Listens nowhere yet.</summary>
    public DaemonListeners(HealthService service, DaemonStatus status, DaemonContext context)
    {
        this.context = context;
        endpoint = new(service);
        budgets = new(context.Time)
        {
            Warn = Log.Warnings(LogEvents.Connections),
            IsExempt = address => service.TrustedProxies.Contains(address),
        };
        served = new(
            (_, http) => endpoint.HandleAsync(http, prefix: ""),
            budgets.For,
            Log.Factory,
            context.Inherited,
            service
        );
        application = new(service, status);
        management = new(ManageAsync, _ => budgets.Management, Log.Factory, context.Inherited);
        AgentConnection agent = new(
            service,
            () => current?.Agent is { DrainsOnFail: true },
            Log.Warnings(LogEvents.AgentCheck)
        );
        agents = new(
            (_, _) => Task.CompletedTask,
            budgets.For,
            Log.Factory,
            context.Inherited,
            connections: agent.ServeAsync
        );
    }

    /// <summary>How many connections may be open.</summary>
    public ConnectionBudgets Budgets => budgets;

    /// <summary>Where components are served.</summary>
    public IEnumerable<ListenAddress> Served => served.Addresses;

    /// <summary>Where the management API is served.</summary>
    public IEnumerable<ListenAddress> Management => management.Addresses;

    private EventLog Log => context.Log;

    /// <summary>Opens the certificate of the first configuration, before anything listens.</summary>
    /// <exception cref="FailoverStartException">It cannot be used.</exception>
    public void UseCertificateOf(FailoverConfiguration first)
    {
        certificate = OpenCertificate(first);
        certificateFiles = first.Tls;
    }

    /// <summary>Opens what another configuration needs beside what is open. Where that fails, nothing has changed.</summary>
    public async Task<Change> PrepareAsync(FailoverConfiguration next)
    {
        TlsCertificate? opened = next.Tls == certificateFiles ? certificate : OpenCertificate(next);
        Change change = new(this, next, opened);
        try
        {
            ApplyLimits(next);
            await change.AddAsync(served, next.Listen);
            await change.AddAsync(management, next.Management is { } address ? [address] : []);
            await change.AddAsync(agents, next.Agent is { } agent ? [agent.Address] : []);
            return change;
        }
        catch
        {
            await change.RollBackAsync();
            throw;
        }
    }

    /// <summary>Stops listening, and answers what is in flight.</summary>
    /// <param name="cutOff">Cuts it off.</param>
    public Task StopAsync(CancellationToken cutOff) =>
        Task.WhenAll(served.StopAsync(cutOff), management.StopAsync(cutOff), agents.StopAsync(cutOff));

    public async ValueTask DisposeAsync()
    {
        await served.DisposeAsync();
        await management.DisposeAsync();
        await agents.DisposeAsync();
        certificate?.Dispose();
    }

    // One that a reload has opened, and has not decided on yet, is not served; nor is one that it has closed.
    private Task ManageAsync(Listener listener, HttpContext http)
    {
        InForce now = inForce;
        return now.Listeners.Contains(listener)
            ? application.HandleAsync(
                http,
                new(listener.Address, now.Access, () => IsInForce(listener, now.Access))
                {
                    MostStreams = (int)Math.Min(EventsEndpoint.MostStreams, budgets.Management.Most / 2),
                }
            )
            : ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status503ServiceUnavailable,
                "the configuration with this address is not in force"
            );
    }

    private bool IsInForce(Listener listener, ManagementAccess access)
    {
        InForce now = inForce;
        return now.Listeners.Contains(listener) && now.Access == access;
    }

    private TlsCertificate? OpenCertificate(FailoverConfiguration configuration)
    {
        if (configuration.Tls is not { } files)
        {
            return null;
        }

        TlsCertificate opened = new(files.Certificate, files.Key, context.Time);
        opened.Load();
        foreach (string warning in opened.Warnings)
        {
            Log.WriteWarning(LogEvents.Certificate, warning);
        }

        opened.Watch(Log.Warnings(LogEvents.Certificate));
        return opened;
    }

    private void ApplyLimits(FailoverConfiguration configuration)
    {
        bool hasUnixSockets = configuration
            .Listen.Append(configuration.Agent?.Address)
            .Any(address => address?.SocketPath is not null);
        bool hasManagement = configuration.Management is not null;
        foreach (string warning in budgets.Apply(configuration.Connections, hasUnixSockets, hasManagement))
        {
            Log.WriteWarning(LogEvents.Connections, warning);
        }

        // Those who wait leave places to those who poll, where each comes in.
        long places = hasUnixSockets ? Math.Min(budgets.Pollers.Most, budgets.UnixSockets.Most) : budgets.Pollers.Most;
        endpoint.MostWaiters = Math.Min(WaitEndpoint.MostWaiters, places / 2);
    }

    private void LogChange(ListenerSet set, ListenerSet.Change change)
    {
        (string begins, string ends) =
            set == management ? ("management at", "management no longer at")
            : set == agents ? ("agent checks at", "agent checks no longer at")
            : ("failover listens on", "failover no longer listens on");
        foreach (ListenAddress address in change.Added)
        {
            Log.WriteInfo(LogEvents.Listening, $"{begins} {address}");
        }

        foreach (ListenAddress address in change.Removed)
        {
            Log.WriteInfo(LogEvents.ListeningEnded, $"{ends} {address}");
        }
    }

    /// <summary>What is prepared for another configuration.</summary>
    internal sealed class Change(DaemonListeners listeners, FailoverConfiguration next, TlsCertificate? opened)
    {
        private readonly List<(ListenerSet Set, ListenerSet.Change Change)> changes = [];

        /// <summary>Where the management API is served once it is carried out.</summary>
        public IEnumerable<ListenAddress> Management =>
            changes
                .Where(one => one.Set == listeners.management)
                .SelectMany(one => one.Change.Listeners)
                .Select(listener => listener.Address);

        public async Task AddAsync(ListenerSet set, IReadOnlyCollection<ListenAddress> addresses) =>
            changes.Add((set, await set.PrepareAsync(addresses, opened)));

        /// <summary>Closes what was opened, and restores the budgets of the configuration that is kept, if there is one.</summary>
        public async Task RollBackAsync()
        {
            if (listeners.current is { } kept)
            {
                listeners.ApplyLimits(kept);
            }

            foreach ((_, ListenerSet.Change change) in changes)
            {
                await change.RollBackAsync();
            }

            if (opened != listeners.certificate)
            {
                opened?.Dispose();
            }
        }

        /// <summary>Serves at the new addresses, and no longer at the others.</summary>
        /// <returns>Completed when what was in flight at the others is answered.</returns>
        /// <param name="cutOff">Cuts that off.</param>
        public Task CarryOutAsync(CancellationToken cutOff)
        {
            if (opened != listeners.certificate)
            {
                listeners.certificate?.Dispose();
                listeners.certificate = opened;
                listeners.certificateFiles = next.Tls;
            }

            listeners.current = next;
            listeners.endpoint.HasGuards = next.Management is null;
            listeners.inForce = new(
                [.. changes.Where(one => one.Set == listeners.management).SelectMany(one => one.Change.Listeners)],
                next.Access
            );
            Task[] draining = [.. changes.Select(one => one.Change.CarryOutAsync(cutOff))];
            foreach ((ListenerSet set, ListenerSet.Change change) in changes)
            {
                listeners.LogChange(set, change);
                if (opened is not null)
                {
                    set.Use(opened);
                }
            }

            return Task.WhenAll(draining);
        }
    }

    /// <summary>What is managed where at present.</summary>
    private sealed record InForce(ImmutableArray<Listener> Listeners, ManagementAccess Access);
}
