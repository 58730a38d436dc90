namespace Failover;

/// <summary>The environment of a daemon.</summary>
internal sealed class DaemonContext
{
    public required TimeProvider Time { get; init; }

    public required EventLog Log { get; init; }

    /// <summary>What is kept out of all that is shown; the log has it as well.</summary>
    public required SecretsInForce Secrets { get; init; }

    public required SystemdNotifier Notifier { get; init; }

    public required DaemonSignals Signals { get; init; }

    /// <summary>Makes the store; opens nothing yet.</summary>
    public required Func<StateSettings, IStateStore> OpenStore { get; init; }

    /// <summary>Makes the store of roll-ups; opens nothing yet. Null: none are kept.</summary>
    public required Func<HistorySettings, IRollUpStore?> OpenRollUps { get; init; }

    /// <summary>Whether a change of the configuration's files has them read again.</summary>
    public bool IsWatching { get; init; } = true;

    /// <summary>What the service manager has opened for it to listen on.</summary>
    public InheritedSockets Inherited { get; init; } = InheritedSockets.None;

    /// <summary>Where it leaves its address for commands; null: nowhere.</summary>
    public string? RuntimeFolder { get; init; }

    /// <summary>Reads the configuration anew; what has not changed since another one was read is taken from that.</summary>
    public required Func<FailoverConfiguration, ConfigurationReading> ReadConfiguration { get; init; }
}
