using System.CommandLine;
using System.Globalization;

namespace Failover;

/// <summary><c>failover probe</c>: one fresh result, as a Nagios plugin gives it.</summary>
internal static class ProbeCommand
{
    public const string Name = "probe";

    public static Command Make(CommandContext context)
    {
        Argument<string[]> words = new("FILE NAME")
        {
            Arity = new ArgumentArity(0, 2),
            Description = "A component of a file; the file may be left out as with the other commands.",
        };
        words.CompletionSources.Add(completion =>
            ComponentNames.Of(
                completion.ParseResult.GetValue(words)?.FirstOrDefault(word => word != completion.WordToComplete),
                context
            )
        );
        Option<string?> tcp = new("--tcp")
        {
            HelpName = "HOST:PORT",
            Description = "A TCP port instead, without any file.",
        };
        Option<string?> timeout = new("--timeout")
        {
            HelpName = "DURATION",
            Description = "With --tcp: how long it may take, as 5s; left out, 10s.",
        };
        Command command = new DocumentedCommand(
            Name,
            "Probe the checks of a component once, without a daemon, and print the state, the causes and the times. The result is fresh: hysteresis, background and toggle are passed through (a toggle to its to_fail). Exits with 0 for ok, 1 for ok with a warning, 2 for fail and 3 for anything else.",
            "failover probe failover.yaml mail",
            "failover probe --tcp mail.example.net:25 --timeout 5s"
        )
        {
            words,
            tcp,
            timeout,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                string[] given = parsed.GetValue(words) ?? [];
                (ComponentDescription description, FailoverConfiguration? configuration) = (
                    parsed.GetValue(tcp),
                    given
                ) switch
                {
                    ({ } target, []) => (Tcp(target, parsed.GetValue(timeout)), null),
                    (null, [var name]) when parsed.GetValue(timeout) is null => Component(null, name, context),
                    (null, [var file, var name]) when parsed.GetValue(timeout) is null => Component(
                        file,
                        name,
                        context
                    ),
                    _ => throw Wrong(
                        "what to probe is not clear",
                        "FILE NAME, NAME, or --tcp HOST:PORT [--timeout DURATION]"
                    ),
                };
                return await ProbeAsync(description, configuration, context, cancellationToken);
            }
        );
        return command;
    }

    private static (ComponentDescription, FailoverConfiguration?) Component(
        string? file,
        string name,
        CommandContext context
    )
    {
        FailoverConfiguration configuration = ConfigurationArgument.Read(file, context).Configuration!;
        return (ComponentNames.Find(name, configuration), configuration);
    }

    private static ComponentDescription Tcp(string target, string? timeout)
    {
        if (TcpCheck.Kind.ShortForm!.Split(target) is not [(_, var host), (_, var port)])
        {
            throw Wrong($"--tcp is {Printable.Quoted(target)}", TcpCheck.Kind.ShortForm.Accepted);
        }

        TimeSpan? tcpTimeout = null;
        if (timeout is not null)
        {
            tcpTimeout =
                DurationText.Parse(timeout).Value as TimeSpan?
                ?? throw Wrong($"--timeout is {Printable.Quoted(timeout)}", "a duration, as 5s");
        }

        try
        {
            return new(target, new TcpCheck(host, port, tcpTimeout));
        }
        catch (ArgumentException exception)
        {
            throw new CommandException(ExitCode.WrongCommandLine, $"failover: {Printable.Escape(exception.Message)}");
        }
    }

    private static CommandException Wrong(string got, string accepted) =>
        new(ExitCode.WrongCommandLine, $"failover: {got}\n  accepted: {accepted}");

    private static async Task<int> ProbeAsync(
        ComponentDescription description,
        FailoverConfiguration? configuration,
        CommandContext context,
        CancellationToken cancellationToken
    )
    {
        // A result that is there at once would hide an interruption that came before.
        cancellationToken.ThrowIfCancellationRequested();
        Func<string, string> redact = configuration is null ? text => text : configuration.Secrets.Redact;
        await using FreshEvaluation evaluation = new(description.Task, context.Time);
        long started = context.Time.GetTimestamp();
        Observation seen = await evaluation.RunAsync().WaitAsync(cancellationToken);
        TimeSpan taken = context.Time.GetElapsedTime(started);

        string what = description.Task is Check ? description.Task.Summary : description.Name;
        Cell text = Cell.Escaped(Plain($" - {redact(what)}{Because(redact(seen.Reason))}"));
        Cell state = Cell.Of(seen.State, seen.HasWarning) with
        {
            // As a plugin of Nagios puts it.
            Text = seen.HasWarning ? "WARNING" : seen.State.Word().ToUpperInvariant(),
        };
        Cell figures = Cell.Escaped(Plain(redact(seen.PerformanceData)));
        string separator = figures.Text.Length == 0 ? "" : " ";
        context.Printer.Print(new Line(state, text, $" | time={Seconds(taken)}{separator}", figures));
        if (description.Task is not Check)
        {
            context.Printer.Print(
                evaluation.Checks.Select(probe => new Line(
                    "  ",
                    Cell.Of(probe.Seen.State, probe.Seen.HasWarning),
                    Cell.Escaped(Plain($" {redact(probe.Task.Summary)}{Because(redact(probe.Seen.Reason))}")),
                    $" ({Seconds(probe.Seen.Ended - probe.Seen.Started)})"
                ))
            );
        }

        return seen.State switch
        {
            HealthState.Ok => seen.HasWarning ? ExitCode.ProbeWarning : ExitCode.Ok,
            HealthState.Fail => ExitCode.ProbeFail,
            HealthState.Error => ExitCode.ProbeError,
            _ => throw new ArgumentOutOfRangeException(nameof(description), seen.State, "no such state"),
        };
    }

    private static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.000}s");

    private static string Because(string reason) => reason.Length == 0 ? "" : $": {reason}";

    // To Nagios, a bar begins the figures.
    private static string Plain(string text) => text.Replace('|', '¦');
}
