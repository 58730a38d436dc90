using Failover;

ConfigurationReading reading = ConfigurationFile.Read(args[1], Environment.GetEnvironmentVariable);
if (reading.Configuration is not { } configuration)
{
    Console.Error.Write(reading.ErrorText);
    return 78;
}

SecretsInForce secrets = new(configuration.Secrets);
EventLog log = new(Console.Out, TimeProvider.System, format: null, secrets.Redact);
await using Daemon daemon = new(
    reading,
    new DaemonSurroundings
    {
        Time = TimeProvider.System,
        Log = log,
        Secrets = secrets,
        Notifier = new SystemdNotifier(Environment.GetEnvironmentVariable, TimeProvider.System),
        OpenStore = s =>
            s.File is null
                ? new MemoryStateStore()
                : new SqliteStateStore(
                    s.File,
                    s.HistoryMaxAge,
                    s.HistoryMaxSize,
                    TimeProvider.System,
                    log.WriteWarning
                ),
        ReadConfiguration = () => ConfigurationFile.Read(args[1], Environment.GetEnvironmentVariable),
    }
);
await daemon.RunAsync(CancellationToken.None);
return 0;
