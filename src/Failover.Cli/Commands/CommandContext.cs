namespace Failover;

/// <summary>The environment of a command: a process with its terminal, or a test.</summary>
internal sealed record CommandContext
{
    /// <summary>Takes results.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Takes what is wrong.</summary>
    public required TextWriter Error { get; init; }

    public required TextReader Input { get; init; }

    /// <summary>The environment's variables; null where one is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The signals that <c>run</c> and <c>demo</c> heed.</summary>
    public DaemonSignals Signals { get; init; } = new();

    public TimeProvider Time { get; init; } = BootTime.Instance;

    /// <summary>Whether a person reads the output.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Whether the journal takes the output.</summary>
    public bool IsJournal { get; init; }

    /// <summary>How many lines the terminal shows.</summary>
    public Func<int> Height { get; init; } = () => int.MaxValue;

    /// <summary>Prompts for a secret; null where there is no terminal.</summary>
    public Func<string, string?> AskPassword { get; init; } = _ => null;

    /// <summary>Where the configuration is by default.</summary>
    public IReadOnlyList<string> DefaultFiles { get; init; } = ["failover.yaml", "/etc/failover/failover.yaml"];

    /// <summary>How fast the demo goes.</summary>
    public DemoRhythm DemoRhythm { get; init; } = DemoRhythm.ForPeople;

    /// <summary>Where daemons of root and of systemd leave their addresses.</summary>
    public string SystemRuntimeFolder { get; init; } = RuntimeFolder.OfSystem;

    /// <summary>Where daemons leave their addresses.</summary>
    public RuntimeFolder RuntimeFolder => new(Environment, SystemRuntimeFolder);

    /// <summary>Writes results: in colour for a person who does not mind (https://no-color.org).</summary>
    public Printer Printer => new(Output, IsTerminal && string.IsNullOrEmpty(Environment("NO_COLOR")));

    /// <summary>Those of this process.</summary>
    /// <param name="signals">What it was sent since it began.</param>
    public static CommandContext OfProcess(DaemonSignals signals) =>
        new()
        {
            Output = StandardStreams.Output,
            Error = StandardStreams.Error,
            Input = StandardStreams.Input,
            Signals = signals,
            Environment = System.Environment.GetEnvironmentVariable,
            IsTerminal = StandardStreams.IsTerminal,
            IsJournal = StandardStreams.IsJournal(System.Environment.GetEnvironmentVariable("JOURNAL_STREAM")),
            Height = () => Console.WindowHeight,
            AskPassword = PasswordPrompt.Ask,
        };
}
