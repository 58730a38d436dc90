namespace Failover;

/// <summary>Serves a configuration in this process until a stop is requested: what <c>run</c> and <c>demo</c> have in common.</summary>
internal sealed class FileServing(CommandContext context)
{
    public LineFormat Format { get; init; } = EventLog.ForPeople;

    /// <summary>Whether a change of the configuration's files has them read again.</summary>
    public bool IsWatching { get; init; } = true;

    /// <summary>Whether it is a service of this machine: its service manager is notified, and may pass sockets, and commands find it by its
    /// configuration.</summary>
    public bool IsService { get; init; } = true;

    /// <summary>What goes on beside it while it serves, until a stop is requested.</summary>
    public Func<Daemon, EventLog, CancellationToken, Task> Beside { get; init; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Serves.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="CommandException">It could not start.</exception>
    public async Task<int> RunAsync(ConfigurationReading reading, CancellationToken cancellationToken)
    {
        SecretsInForce secrets = new(reading.Configuration!.Secrets);
        await using EventLog log = new(context.Output, context.Time, Format, secrets.Redact);
        // Not the clock for decisions: a service manager compares CLOCK_MONOTONIC.
        using SystemdNotifier notifier = new(IsService ? context.Environment : _ => null, TimeProvider.System);
        DaemonContext around = new()
        {
            Time = context.Time,
            Log = log,
            Secrets = secrets,
            Notifier = notifier,
            Signals = context.Signals,
            OpenStore = state => OpenStore(state, log, secrets),
            OpenRollUps = history => OpenRollUps(history, log),
            IsWatching = IsWatching,
            Inherited = IsService ? InheritedSockets.OfProcess(context.Environment) : InheritedSockets.None,
            RuntimeFolder = IsService ? context.RuntimeFolder.Writable : null,
            ReadConfiguration = before =>
                ConfigurationFile.Read(reading.Configuration.File, context.Environment, before.Known),
        };
        try
        {
            await using Daemon daemon = new(reading, around);
            Task running = daemon.RunAsync(cancellationToken);
            using CancellationTokenSource stop = new();
            Task beside =
                await Task.WhenAny(daemon.Serving, running) == running
                    ? Task.CompletedTask
                    : Beside(daemon, log, stop.Token);
            await Task.WhenAny(running, context.Signals.StopRequested);
            await stop.CancelAsync();
            await beside;
            await running;
            return ExitCode.Ok;
        }
        catch (FailoverStartException exception)
        {
            throw new CommandException(ExitCode.CannotStart, Fault(exception));
        }
        catch (StateStoreException exception)
        {
            throw new CommandException(ExitCode.StateUnusable, Fault(exception));
        }

        string Fault(Exception exception) => $"failover: {Printable.Escape(secrets.Redact(exception.Message))}";
    }

    private IStateStore OpenStore(StateSettings state, EventLog log, SecretsInForce secrets) =>
        state.File is null
            ? new MemoryStateStore()
            : new RedactingStateStore(
                new SqliteStateStore(
                    state.File,
                    state.HistoryMaxAge,
                    state.HistoryMaxSize,
                    context.Time,
                    log.Warnings(LogEvents.StateStore)
                ),
                secrets.Redact
            );

    private SqliteRollUpStore? OpenRollUps(HistorySettings history, EventLog log) =>
        history.IsOn
            ? new SqliteRollUpStore(
                history.File,
                history.MaxAge,
                history.MaxSize,
                context.Time,
                log.Warnings(LogEvents.History)
            )
            : null;
}
