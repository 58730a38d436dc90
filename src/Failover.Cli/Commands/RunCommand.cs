using System.CommandLine;

namespace Failover;

/// <summary><c>failover run</c>: serves what the file says.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    public static Command Make(Surroundings surroundings)
    {
        Argument<string?> file = GivenConfiguration.FileArgument();
        Option<string?> format = new("--log-format")
        {
            HelpName = string.Join('|', LogFormat.Names),
            Description =
                "How lines of the log look: for people, as JSON, or with priorities for the journal; left out, journald where systemd has connected the output to the journal, else text.",
        };
        format.Validators.Add(Words.Only("--log-format", LogFormat.Names));
        format.CompletionSources.Add([.. LogFormat.Names]);
        Option<bool> noWatch = new("--no-watch") { Description = "Read a changed file on SIGHUP only, not by itself." };
        Command command = new DocumentedCommand(
            Name,
            "Serve the components of a file until SIGINT or SIGTERM. SIGHUP has it read again.",
            "failover run",
            "failover run /etc/failover/failover.yaml --log-format json"
        )
        {
            file,
            format,
            noWatch,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    GivenConfiguration.Find(parsed.GetValue(file), surroundings),
                    LogFormat.Of(parsed.GetValue(format), surroundings.IsJournal),
                    !parsed.GetValue(noWatch),
                    surroundings,
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        string file,
        LineFormat format,
        bool isWatching,
        Surroundings surroundings,
        CancellationToken cancellationToken
    )
    {
        // A file that is slow to read does not hold up the end.
        Task<ConfigurationReading> readingFiles = Task.Run(
            () => GivenConfiguration.Read(file, surroundings),
            CancellationToken.None
        );
        if (await Task.WhenAny(readingFiles, surroundings.Signals.StopAsked) != readingFiles)
        {
            return ExitCode.Fine;
        }

        ConfigurationReading reading = await readingFiles;
        SecretsInForce secrets = new(reading.Configuration!.Secrets);
        await using EventLog log = new(surroundings.Output, surroundings.Time, format, secrets.Redact);
        // Not the clock for decisions: a service manager compares CLOCK_MONOTONIC.
        using SystemdNotifier notifier = new(surroundings.Environment, TimeProvider.System);
        DaemonSurroundings around = new()
        {
            Time = surroundings.Time,
            Log = log,
            Secrets = secrets,
            Notifier = notifier,
            Signals = surroundings.Signals,
            OpenStore = OpenStore,
            IsWatching = isWatching,
            Inherited = InheritedSockets.OfProcess(surroundings.Environment),
            RuntimeFolder = surroundings.RuntimeFolder.Writable,
            ReadConfiguration = () => ConfigurationFile.Read(file, surroundings.Environment),
        };
        try
        {
            await using Daemon daemon = new(reading, around);
            await daemon.RunAsync(cancellationToken);
            return ExitCode.Fine;
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

        IStateStore OpenStore(StateSettings state) =>
            state.File is null
                ? new MemoryStateStore()
                : new SqliteStateStore(
                    state.File,
                    state.HistoryMaxAge,
                    state.HistoryMaxSize,
                    surroundings.Time,
                    log.Warnings(LogEvents.StateStore)
                );
    }
}
