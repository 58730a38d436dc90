using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>What the exit code of a command says, as those of Nagios plugins do.</summary>
/// <remarks>
/// 0 is ok, 1 ok with a warning, 2 fail, and all else an error, with the first line of the standard output as the reason, without it of the
/// standard error. Figures behind a bar are its performance data. Of either stream 8 KiB are kept. The command runs without a
/// shell, in a session and a process group of its own, with /dev/null as standard input. At the deadline the whole group is killed: a
/// fail. What it leaves running in its group when it ends is killed, too. It is an error where it could not be started, was ended by a signal, or reached
/// the deadline after it had to wait for one of the 64 places for commands. On Linux only; elsewhere each probe is an error.
/// </remarks>
public sealed record ExecCheck : ProbeCheck
{
    private const int LongestSummary = 200;

    private readonly ValueList<string> command;
    private readonly ValueList<KeyValuePair<string, string>>? environment;

    /// <summary>Describes the command; starts nothing.</summary>
    /// <param name="command">The program and its arguments, passed on as they are. The program is a path from the root on, or a name that is looked
    /// up in the folders of <c>PATH</c>.</param>
    /// <param name="environment">Variables beside <c>PATH</c>, which is that of this process, and <c>LANG=C</c>, or instead of these. The command
    /// gets no others.</param>
    /// <param name="timeout">How long it may take, from 1 ms to 30 days; at that time it is killed, which is a fail. Left out, 10 s.</param>
    /// <exception cref="ArgumentException">An argument is missing, out of range or of another form. The message says what is
    /// accepted.</exception>
    public ExecCheck(
        IEnumerable<string> command,
        IEnumerable<KeyValuePair<string, string>>? environment = null,
        TimeSpan? timeout = null
    )
    {
        this.command = CommandOption.Check(command)!;
        string program = this.command[0];
        if (ExecTexts.ProgramFlaw(program) is { } flaw)
        {
            throw new ArgumentException(
                $"command is {Printable.Quoted(program)}, {flaw}; accepted: first a path that begins with /, or a name in PATH, then each argument as an item of its own",
                nameof(command)
            );
        }

        this.environment = EnvironmentOption.Check(environment);
        Timeout = TimeoutOption.Check(timeout);
    }

    private static readonly ListOption<string> CommandOption = new(
        "command",
        "the program, a path that begins with / or a name in PATH, and its arguments; no shell reads them",
        new FormattedOption("argument", "the program or an argument", "a text", "check_load", ExecTexts.NulFlaw)
    );
    private static readonly MapOption<string> EnvironmentOption = new(
        "environment",
        "environment variables beside PATH and LANG, or instead of them",
        new FormattedOption(
            "name",
            "the name of a variable",
            "the name of a variable",
            "PGPASSFILE",
            ExecTexts.VariableFlaw
        ),
        new FormattedOption("value", "its value", "a text", "/etc/failover/pgpass", ExecTexts.NulFlaw),
        "PATH of this process, and LANG=C"
    );
    private static readonly DurationOption TimeoutOption = new(
        "timeout",
        "how long it may take; then it is killed",
        TimeSpan.FromSeconds(10)
    );

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new("exec", "what the exit code of a command says", [CommandOption, EnvironmentOption, TimeoutOption])
        {
            Make = given => new ExecCheck(
                (IEnumerable<string>)given[0]!,
                (IEnumerable<KeyValuePair<string, string>>?)given[1],
                (TimeSpan?)given[2]
            ),
        };

    /// <summary>The program and its arguments.</summary>
    public IReadOnlyList<string> Command => command;

    /// <summary>The environment variables that were given.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment => environment ?? new([]);

    /// <summary>How long it may take.</summary>
    public TimeSpan Timeout { get; }

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Timeout;

    /// <inheritdoc/>
    public override string Summary => Printable.Escape($"exec {string.Join(' ', command)}", LongestSummary);

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [command, environment, Timeout];

    internal override bool MayBlock => false;

    internal override bool UsesCryptography => false;

    /// <summary>How many commands run at a time; tests put their own in its place.</summary>
    internal CommandLimit Limit { get; init; } = CommandLimit.OfProcess;

    /// <summary>What a run that does not end keeps from being started again: the same command in the same environment.</summary>
    [SupportedOSPlatform("linux")]
    internal string RunKey =>
        string.Join('\0', [command.Count.ToString(CultureInfo.InvariantCulture), .. command, .. Variables()]);

    /// <inheritdoc/>
    public override async ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!OperatingSystem.IsLinux())
        {
            return Observation.Error(LinuxOnly);
        }

        using ProbeDeadline deadline = new(Timeout, time, cancellationToken);
        string key = RunKey;
        CommandPlace place = await Limit.EnterAsync(key, deadline.Token);
        if (!place.IsTaken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Observation.Error($"did not start within {Units.Text(Timeout)}: {place.WaitedFor}");
        }

        CommandRun run = new(command, Variables());
        Task gone = Task.CompletedTask;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            gone = run.Gone;
            CommandEnd end = await run.RunAsync(deadline.Token);
            cancellationToken.ThrowIfCancellationRequested();
            return Judge(end, place);
        }
        finally
        {
            Limit.Release(key, gone);
        }
    }

    internal override string? FindLocalFault()
    {
        if (!OperatingSystem.IsLinux())
        {
            return LinuxOnly;
        }

        CommandFile.Find(command[0], out string fault);
        return fault.Length > 0 ? $"cannot start {Printable.Quoted(command[0])}: {fault}" : null;
    }

    [SupportedOSPlatform("linux")]
    private string[] Variables()
    {
        Dictionary<string, string> all = new(StringComparer.Ordinal)
        {
            ["PATH"] = CommandFile.SearchPath,
            ["LANG"] = "C",
        };
        foreach ((string name, string value) in Environment)
        {
            all[name] = value;
        }

        return [.. all.Select(variable => $"{variable.Key}={variable.Value}")];
    }

    private Observation Judge(CommandEnd end, CommandPlace place)
    {
        PluginOutput said = PluginOutput.Of(end.Output);
        string text = said.Text.Length > 0 ? said.Text : PluginOutput.Of(end.Errors).Text;
        string and = text.Length > 0 ? $": {text}" : "";
        Observation seen = end.Kind switch
        {
            CommandEndKind.NotStarted => Observation.Error($"cannot start {Printable.Quoted(command[0])}: {end.Cause}"),
            CommandEndKind.Lost => Observation.Error("its exit code is unknown: another part of this process took it"),
            CommandEndKind.Killed => Observation.Error($"killed by signal {Number(end)}{and}"),
            // It had less than its time, which says nothing about it.
            CommandEndKind.Stopped when place.WaitedFor is { } cause => Observation.Error(
                $"timed out after {Units.Text(Timeout)}, some of which passed before it was started: {cause}{and}"
            ),
            CommandEndKind.Stopped => Observation.TimedOut($"timed out after {Units.Text(Timeout)}{and}"),
            CommandEndKind.Exited => end.Number switch
            {
                0 => Observation.Ok(text),
                1 => Observation.OkWithWarning(text.Length > 0 ? text : "exit code 1"),
                2 => Observation.Fail(text.Length > 0 ? text : "exit code 2"),
                3 => Observation.Error(text.Length > 0 ? text : "exit code 3"),
                _ => Observation.Error($"exit code {Number(end)}{and}"),
            },
            _ => throw new InvalidOperationException($"no such end: {end.Kind}"),
        };
        return seen with { PerformanceData = said.Figures };
    }

    private const string LinuxOnly = "commands are run on Linux only";

    private static string Number(CommandEnd end) => end.Number.ToString(CultureInfo.InvariantCulture);
}
