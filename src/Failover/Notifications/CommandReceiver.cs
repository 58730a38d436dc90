using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text;

namespace Failover.Abstractions;

/// <summary>Runs a command for each notification.</summary>
/// <remarks>
/// <para>The notification is in its environment, and on its standard input as a CloudEvent in JSON. It runs without a shell, in a session and a
/// process group of its own. It has accepted the notification when it ends with 0; with any other code, or by a signal, it is run again later. At the
/// deadline the whole group is killed. What it leaves running in its group when it ends is killed, too. On Linux only.</para>
/// <para>Beside <c>PATH</c> and <c>LANG=C</c> the variables are <c>FAILOVER_STATUS</c> (firing, resolved or event), <c>FAILOVER_SEVERITY</c>,
/// <c>FAILOVER_TITLE</c>, <c>FAILOVER_SUBJECT</c>, <c>FAILOVER_COMPONENT</c>, <c>FAILOVER_STATE</c>, <c>FAILOVER_BEFORE</c>,
/// <c>FAILOVER_LATCHED</c>, <c>FAILOVER_REASON</c>, <c>FAILOVER_AT</c>, <c>FAILOVER_SINCE</c>, <c>FAILOVER_ID</c>, <c>FAILOVER_ALARM</c>,
/// <c>FAILOVER_INSTANCE</c>, <c>FAILOVER_ROUTE</c> and <c>FAILOVER_LINK</c>; what is not known is empty.</para>
/// </remarks>
public sealed record CommandReceiver : NotificationReceiver
{
    private const string LinuxOnly = "commands are run on Linux only";

    // The system takes 128 KiB in one, and 2 MiB in all of them (execve(2)). The standard input has all of it.
    private const int LongestText = 32 * 1024;

    // Apart from those of checks, which no notification keeps from being run.
    private static readonly CommandLimit OfNotifications = new(16);

    private static readonly ImmutableArray<string> Variables =
    [
        "status",
        "severity",
        "title",
        "subject",
        "component",
        "state",
        "before",
        "latched",
        "reason",
        "at",
        "since",
        "id",
        "alarm",
        "instance",
        "route",
        "link",
    ];

    private readonly ValueList<string>? arguments;
    private readonly ValueList<KeyValuePair<string, string>>? environment;

    /// <summary>Describes the command; starts nothing.</summary>
    /// <param name="command">The program: a path from the root on, or a name that is looked up in the folders of <c>PATH</c>.</param>
    /// <param name="args">Its arguments, each with places for what the notification says, as <c>{{state}}</c>; what is put in makes no further
    /// arguments.</param>
    /// <param name="environment">Further variables, or other values for those it has. Their values are never shown.</param>
    /// <param name="timeout">How long it may take, from 1 ms to 1 min; at that time it is killed. Left out, 10 s.</param>
    /// <exception cref="ArgumentException">An argument is missing or of another form. The message says what is accepted.</exception>
    public CommandReceiver(
        string command,
        IEnumerable<string>? args = null,
        IEnumerable<KeyValuePair<string, string>>? environment = null,
        TimeSpan? timeout = null
    )
    {
        Command = CommandOption.Check(command);
        arguments = ArgsOption.Check(args);
        this.environment = EnvironmentOption.Check(environment);
        Timeout = HttpReceiver.TimeoutOption.Check(timeout);
    }

    private static readonly FormattedOption CommandOption = new(
        "command",
        "the program; no shell reads it",
        "a path that begins with /, or a name in PATH",
        "/usr/local/bin/notify",
        ExecTexts.ProgramFlaw
    );

    private static readonly ListOption<string> ArgsOption = new(
        "args",
        "its arguments, each with places for what the notification says",
        new FormattedOption(
            "argument",
            "an argument",
            $"a text with {{{{NAME}}}} for one of {MessageTemplate.Names}",
            "{{state}}",
            text => ExecTexts.NulFlaw(text) ?? MessageTemplate.FlawOf(text)
        ),
        "none"
    );

    private static readonly MapOption<string> EnvironmentOption = new(
        "environment",
        "further environment variables, or other values for those it has",
        new FormattedOption("name", "the name of a variable", "the name of a variable", "TEAM", ExecTexts.VariableFlaw),
        new FormattedOption("value", "its value", "a text", "shop", ExecTexts.NulFlaw) { IsConcealed = true },
        "PATH of this process, LANG=C, and what the notification says"
    );

    /// <inheritdoc cref="Webhook.Kind"/>
    public static ReceiverKind Kind { get; } =
        new(
            "command",
            "a command, run for each notification",
            [CommandOption, ArgsOption, EnvironmentOption, HttpReceiver.TimeoutOption]
        )
        {
            ShortOption = CommandOption,
            Make = given => new CommandReceiver(
                (string)given[0]!,
                (IEnumerable<string>?)given[1],
                (IEnumerable<KeyValuePair<string, string>>?)given[2],
                (TimeSpan?)given[3]
            ),
        };

    /// <summary>The program.</summary>
    public string Command { get; }

    /// <summary>Its arguments, with places for what the notification says.</summary>
    public IReadOnlyList<string> Args => arguments ?? new([]);

    /// <summary>The environment variables that were given.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment => environment ?? new([]);

    /// <summary>How long it may take.</summary>
    public TimeSpan Timeout { get; }

    /// <inheritdoc/>
    public override string Summary => Printable.Escape($"command {Command}");

    internal override int MostAtOnce => 1;

    internal override ReceiverKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Command, arguments, environment, Timeout];

    internal override async ValueTask<SendResult> SendAsync(
        NotificationMessage message,
        CancellationToken cancellationToken
    )
    {
        if (!OperatingSystem.IsLinux())
        {
            return new(LinuxOnly);
        }

        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        // One that was killed and does not end is not started again, whatever the notification is.
        CommandPlace place = await OfNotifications.EnterAsync(Text, deadline.Token);
        if (!place.IsTaken)
        {
            return new($"did not start within {Units.Text(Timeout)}: {place.WaitedFor}");
        }

        CommandRun run = new(CommandOf(message), VariablesOf(message), CloudEvents.Of(message));
        try
        {
            return Judge(await run.RunAsync(deadline.Token));
        }
        finally
        {
            OfNotifications.Release(Text, run.Gone);
        }
    }

    private ImmutableArray<string> CommandOf(NotificationMessage message) =>
        [Command, .. Args.Select(argument => Render(argument, message))];

    [SupportedOSPlatform("linux")]
    private ImmutableArray<string> VariablesOf(NotificationMessage message)
    {
        Dictionary<string, string> all = new(StringComparer.Ordinal)
        {
            ["PATH"] = CommandFile.SearchPath,
            ["LANG"] = "C",
        };
        foreach (string name in Variables)
        {
            all[$"FAILOVER_{name.ToUpperInvariant()}"] = Render($"{{{{{name}}}}}", message);
        }

        foreach ((string name, string value) in Environment)
        {
            all[name] = value;
        }

        return [.. all.Select(variable => $"{variable.Key}={variable.Value}")];
    }

    // A NUL would end it.
    private static string Render(string template, NotificationMessage message) =>
        MessageText.CutBytes(
            MessageTemplate.Of(template).Render(message, isJson: false).Replace('\0', '\ufffd'),
            LongestText
        );

    private SendResult Judge(CommandEnd end)
    {
        string last = LastLine(end.Errors);
        string and = last.Length > 0 ? $": {last}" : "";
        return end.Kind switch
        {
            CommandEndKind.Exited when end.Number == 0 => SendResult.Taken with
            {
                Answer = $"exit code 0{(LastLine(end.Output) is { Length: > 0 } said ? $": {said}" : "")}",
            },
            CommandEndKind.Exited => new($"exit code {Number(end)}{and}"),
            CommandEndKind.Killed => new($"killed by signal {Number(end)}{and}"),
            CommandEndKind.Stopped => new($"timed out after {Units.Text(Timeout)}{and}"),
            CommandEndKind.NotStarted => new($"cannot start {Printable.Quoted(Command)}: {end.Cause}"),
            CommandEndKind.Lost => new("its exit code is unknown: another part of this process took it"),
            _ => throw new InvalidOperationException($"no such end: {end.Kind}"),
        };
    }

    private static string Number(CommandEnd end) => end.Number.ToString(CultureInfo.InvariantCulture);

    private static string LastLine(string output) => Printable.Escape(output.TrimEnd().Split('\n')[^1].Trim());
}
