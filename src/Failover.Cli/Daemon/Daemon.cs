using System.Globalization;
using System.Threading.Channels;

namespace Failover;

/// <summary>Serves what a configuration file says, until it is stopped, and what the file says later when it has
/// changed.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    // Within the 10 s that a service manager usually gives; see HealthCheckServer.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(7);

    private const long LittleMemory = 8 * 1024 * 1024;

    private readonly DaemonContext context;
    private readonly HealthService service;
    private readonly IStateStore store;
    private readonly DaemonStatus status;
    private readonly DaemonListeners listeners;
    private readonly AddressNotice addressNotice;
    private readonly Channel<bool> reloads = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    private readonly TaskCompletionSource serving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PoolWatch poolWatch;
    private readonly ConfigurationWatch watch;
    private readonly StateFileChange stateFile;
    private readonly TrackFiles trackFiles;
    private readonly OtlpExporter exporter;
    private FailoverConfiguration configuration;
    private ConfigurationReading reading;
    private Task logging = Task.CompletedTask;
    private bool isDisposed;

    /// <summary>Makes a daemon; opens nothing.</summary>
    /// <param name="reading">What is served at first.</param>
    /// <param name="context">Its environment.</param>
    public Daemon(ConfigurationReading reading, DaemonContext context)
    {
        this.reading = reading;
        configuration = reading.Configuration!;
        stateFile = new(configuration);
        this.context = context;
        store = context.OpenStore(configuration.State);
        IRollUpStore? rollUps = context.OpenRollUps(configuration.History);
        service = new(context.Time, store, configuration.State.MaxAge, new EngineHistory(rollUps));
        status = new(service, store, rollUps, configuration, context.Secrets);
        trackFiles = new(service, Log.Warnings(LogEvents.TrackFiles));
        watch = new(context.Time, AskToReload);
        poolWatch = new(Log.Warnings(LogEvents.ThreadPool));
        addressNotice = new(context.RuntimeFolder, text => Log.WriteInfo(LogEvents.RuntimeFile, text));
        listeners = new(service, status, context);
        exporter = new(
            () => MetricSources.Of(service, status),
            () => OtlpIdentity.Of(listeners.Served.FirstOrDefault()),
            DaemonStatus.Version,
            status.StartedAt,
            context.Time,
            Log
        );
        status.ServeAt(listeners, Log, exporter);
    }

    /// <summary>Completes when it serves.</summary>
    public Task Serving => serving.Task;

    /// <summary>Where it serves components.</summary>
    public IEnumerable<ListenAddress> Served => listeners.Served;

    /// <summary>Where it serves the management API.</summary>
    public IEnumerable<ListenAddress> Management => listeners.Management;

    private EventLog Log => context.Log;

    /// <summary>Serves until SIGINT or SIGTERM, then drains and returns within 10 s; a second signal ends the process at once.
    /// SIGHUP, and a change of the configuration's files, have them read again.</summary>
    /// <exception cref="FailoverStartException">It cannot listen, or a certificate cannot be used.</exception>
    /// <exception cref="StateStoreException">The state file cannot be used.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        DaemonSignals signals = context.Signals;
        using CancellationTokenRegistration cancelled = cancellationToken.Register(() => signals.AskToStop());
        signals.OnReload(AskToReload);
        if (!await TryStartAsync(signals.StopRequested))
        {
            return;
        }

        Task reloading = ReloadOnSignalAsync();
        NotifyReady();
        serving.SetResult();
        context.Notifier.KeepAlive(service.Liveness.IsAliveAsync);
        await signals.StopRequested;
        context.Notifier.Stopping();
        service.Drain();
        Log.WriteNotice(LogEvents.Stopping, "draining, then stopping");
        reloads.Writer.Complete();
        using CancellationTokenSource cutOff = new(DrainTime, context.Time);
        await reloading.WaitAsync(cutOff.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await listeners.StopAsync(cutOff.Token);
        await DisposeAsync();
    }

    /// <summary>Has the configuration read again, soon; asked many times, once.</summary>
    public void AskToReload() => reloads.Writer.TryWrite(true);

    /// <summary>Cuts off whatever still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        // A disk that hangs is waited for once.
        if (Interlocked.Exchange(ref isDisposed, true))
        {
            return;
        }

        reloads.Writer.TryComplete();
        watch.Dispose();
        poolWatch.Dispose();
        addressNotice.Dispose();
        trackFiles.Dispose();
        exporter.Dispose();
        await listeners.DisposeAsync();
        await service.DisposeAsync();
        await logging;
    }

    // A start that a disk or a lookup holds up is given up when it is to stop before it is over: what hangs is left to the end of
    // the process.
    private async Task<bool> TryStartAsync(Task stopAsked)
    {
        Task starting = Task.Run(StartAsync);
        if (await Task.WhenAny(starting, stopAsked) != starting)
        {
            using CancellationTokenSource cutOff = new(DrainTime, context.Time);
            await starting.WaitAsync(cutOff.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!starting.IsCompleted)
            {
                isDisposed = true;
                return false;
            }
        }

        await starting;
        return true;
    }

    private async Task StartAsync()
    {
        Cryptography.LoadFor(configuration);
        service.Replace(configuration.Components, configuration.TaskNames);
        service.TrustedProxies = configuration.TrustedProxies;
        service.ProbeLimits = configuration.Probes;
        service.Access = configuration.Access;
        service.Maintenance = configuration.Maintenance;
        service.Notifications = NotificationsOf(configuration);
        // Before the state file is touched: a certificate may keep the daemon from starting.
        listeners.UseCertificateOf(configuration);
        if (configuration.State.File is { } file && StateMove.Carry(file, context.Time) is { } moved)
        {
            Log.WriteNotice(LogEvents.StateStore, moved);
        }

        // What only reading needs, the text of the file above all, is given back to the system. It stops all threads, for long where there
        // are many components: so before anybody asks and anything is probed.
        GiveMemoryBack();
        service.Start(
            Log.Warnings(LogEvents.PasswordFile),
            Log.Warnings(LogEvents.StateStore),
            Log.Warnings(LogEvents.Notifications)
        );
        logging = Log.WriteAllAsync(service.Engine.Events);
        if (service.Engine.Loss is { } loss)
        {
            Log.WriteWarning(
                LogEvents.StateStore,
                $"{loss}; every component that may have been latched is latched until it is reset"
            );
        }

        foreach (string latched in LatchOutlook.AtStart(service.Components))
        {
            Log.WriteWarning(LogEvents.LatchedAtStart, latched);
        }

        DaemonListeners.Change change = await listeners.PrepareAsync(configuration);
        await change.CarryOutAsync(CancellationToken.None);
        foreach (string unused in context.Inherited.Unused)
        {
            Log.WriteWarning(
                LogEvents.SocketUnused,
                $"the service manager passes a socket for {unused}, which is in none of listen, management and agent: who connects there gets no answer"
            );
        }

        trackFiles.Use(configuration.TrackFiles);
        exporter.Use(configuration.Otlp);
        WatchFiles();

        addressNotice.Leave(configuration, listeners.Served, listeners.Management);
        Log.WriteInfo(
            LogEvents.Started,
            $"serves {configuration.File}: {Count(service.Components.Count, "component")}"
        );
        AdviceLog.Write(Log, configuration);
        if (GC.GetTotalMemory(forceFullCollection: false) < LittleMemory)
        {
            // A second time, for what has made the listeners is half of what there is. Probes and listeners run by now: all threads stop
            // for a millisecond or two, which is what this costs with so little memory.
            GiveMemoryBack();
        }

        if (OperatingSystem.IsLinux())
        {
            ProgramPages.Release();
        }
    }

    private NotificationSettings NotificationsOf(FailoverConfiguration of) =>
        of.Notifications with
        {
            Redact = context.Secrets.Redact,
        };

    private static void GiveMemoryBack() =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    // As the configuration in force says it: one that is rejected changes nothing.
    private void WatchFiles()
    {
        if (context.IsWatching && configuration.ReloadTrigger == ReloadTrigger.Watch)
        {
            watch.Follow(reading);
        }
        else
        {
            watch.Rest();
        }
    }

    private static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private void NotifyReady() => context.Notifier.Ready($"serves {Count(service.Components.Count, "component")}");

    private async Task ReloadOnSignalAsync()
    {
        await foreach (bool _ in reloads.Reader.ReadAllAsync())
        {
            context.Notifier.Reloading();
            addressNotice.ReloadBegins();
            bool isTaken = false;
            try
            {
                isTaken = await ReloadAsync();
            }
#pragma warning disable CA1031 // Whatever breaks in a reload is logged; the running configuration is kept, and the next reload is tried.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Refuse($"{exception.GetType().Name}: {exception.Message}");
            }

            addressNotice.ReloadEnds(isRejected: !isTaken);
            NotifyReady();
        }
    }

    // Everything that can fail comes first: a configuration is taken whole or not at all.
    private async Task<bool> ReloadAsync()
    {
        reading = context.ReadConfiguration(configuration);
        WatchFiles();

        if (reading.Configuration is not { } next)
        {
            Refuse(reading.ErrorText);
            return false;
        }

        if (stateFile.Take(next, service.Components) is { } problem)
        {
            Refuse(problem);
            return false;
        }

        Cryptography.LoadFor(next);
        DaemonListeners.Change? change = null;
        // New files are checked, and faults reported, before this is over.
        context.Secrets.Use(next.Secrets);
        try
        {
            change = await listeners.PrepareAsync(next);
            // Before it begins the probes that they limit.
            service.ProbeLimits = next.Probes;
            service.Access = next.Access;
            service.Maintenance = next.Maintenance;
            service.Replace(next.Components, next.TaskNames);
            service.Notifications = NotificationsOf(next);
        }
#pragma warning disable CA1031 // What is prepared has to be given up whatever keeps the rest from being so.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            context.Secrets.Use(configuration.Secrets);
            service.ProbeLimits = configuration.Probes;
            service.Access = configuration.Access;
            service.Maintenance = configuration.Maintenance;
            if (change is not null)
            {
                await change.RollBackAsync();
            }

            Refuse(exception.Message);
            return false;
        }

        await CarryOutAsync(next, change);
        return true;
    }

    private async Task CarryOutAsync(FailoverConfiguration next, DaemonListeners.Change change)
    {
        string[] pending = stateFile.Pending(next);
        configuration = next;
        WatchFiles();
        service.TrustedProxies = next.TrustedProxies;
        status.Serve(next, pending);
        service.ReportReload(problem: null);
        trackFiles.Use(next.TrackFiles);
        exporter.Use(next.Otlp);
        using CancellationTokenSource cutOff = new(DrainTime, context.Time);
        Task draining = change.CarryOutAsync(cutOff.Token);
        addressNotice.Leave(configuration, listeners.Served, listeners.Management);
        Log.WriteNotice(LogEvents.Reloaded, $"reloaded {next.File}: {Count(service.Components.Count, "component")}");
        AdviceLog.Write(Log, configuration);
        foreach (string text in pending)
        {
            Log.WriteWarning(LogEvents.RestartNeeded, text);
        }

        await draining;
    }

    private void Refuse(string error)
    {
        status.Refuse(error);
        service.ReportReload(error);
        Log.WriteError(
            LogEvents.ReloadRejected,
            $"{configuration.File}: reload rejected; keeping the running configuration:\n{error}"
        );
    }
}
