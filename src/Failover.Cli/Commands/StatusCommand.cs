using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;

namespace Failover;

/// <summary><c>failover status</c>: how the daemon and its components are.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public const string Name = "status";

    /// <summary>Makes the worst state the exit code, as a Nagios plugin does.</summary>
    public const string ExitCodeOption = "--exit-code";

    private const string ReadyOption = "--ready";

    public static Command Make(CommandContext context)
    {
        Argument<string[]> names = new("NAME")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "The components to show, with a leading slash or without; left out, all.",
        };
        Option<bool> exitCode = new(ExitCodeOption)
        {
            Description =
                "Exit with 0 where all of them are ok, 2 where one is fail, 3 where one is error or anything else is wrong.",
        };
        Option<bool> ready = new(ReadyOption)
        {
            Description =
                "Only report whether the daemon serves what it has judged, as its /-/ready does: exit with 0 if so, 69 if not, whatever its components "
                + "are. For the health check of a container.",
        };
        Option<bool> watch = new("--watch", "-w") { Description = "Refresh every 2 s, until interrupted." };
        ManagementQuery options = new(context);
        names.CompletionSources.Add(completion =>
            ComponentNames.Of(completion.ParseResult.GetValue(options.File), context)
        );
        Command command = new DocumentedCommand(
            Name,
            "Show how the running daemon and its components are.",
            "failover status",
            "failover status --watch",
            "failover status mail --exit-code",
            "failover status --ready",
            "failover status --json | jq '.components[] | select(.state != \"ok\")'",
            "failover status --url http://127.0.0.1:8081"
        )
        {
            names,
            exitCode,
            ready,
            watch,
        };
        options.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using ManagementClient client = options.Connect(parsed);
                Query query = new(
                    client,
                    [.. (parsed.GetValue(names) ?? []).Select(ComponentNames.Plain)],
                    parsed.GetValue(options.Json)
                );
                if (parsed.GetValue(ready))
                {
                    if (!await client.IsReadyAsync(cancellationToken))
                    {
                        throw new CommandException(
                            ExitCode.Unreachable,
                            "failover: not ready: not every check in the background has given a result yet, or the daemon stops"
                        );
                    }

                    // Whoever asks has no password: a daemon that asks for one serves.
                    StatusDocument? serving = await client.StatusIfOpenAsync(cancellationToken);
                    await context.Output.WriteLineAsync(
                        serving is null
                            ? "ready: the daemon answers, and asks who views"
                            : $"ready: failover {serving.Version}, {(serving.Components.Length == 1 ? "1 component" : $"{serving.Components.Length} components")}"
                    );
                    return ExitCode.Ok;
                }

                if (parsed.GetValue(watch))
                {
                    await WatchAsync(query, context, cancellationToken);
                    return ExitCode.Ok;
                }

                StatusDocument status = await query.GetStatusAsync(cancellationToken);
                context.Printer.Print(query.Lines(status));
                return parsed.GetValue(exitCode) ? Worst(status) : ExitCode.Ok;
            }
        );
        command.Validators.Add(result =>
        {
            if (result.GetValue(watch) && result.GetValue(exitCode))
            {
                result.AddError($"--watch and {ExitCodeOption} do not go together");
            }

            // What a component is must not have a container restarted.
            if (
                result.GetValue(ready)
                && (
                    result.GetValue(watch)
                    || result.GetValue(options.Json)
                    || result.GetValue(exitCode)
                    || result.GetResult(names) is { Tokens.Count: > 0 }
                )
            )
            {
                result.AddError($"{ReadyOption} goes with no NAME, --watch, --json or {ExitCodeOption}");
            }
        });
        return command;
    }

    // To Nagios, a target that is down is worse than one whose state is unknown.
    private static int Worst(StatusDocument status) =>
        status.Components.Any(component => component.State == HealthState.Fail) ? ExitCode.ProbeFail
        : status.Components.Any(component => component.State == HealthState.Error) ? ExitCode.ProbeError
        : status.Components.Any(component => component.HasWarning) ? ExitCode.ProbeWarning
        : ExitCode.Ok;

    private static async Task WatchAsync(Query query, CommandContext context, CancellationToken cancellationToken)
    {
        // A line of JSON may be read by a program, also through a terminal.
        using WatchScreen screen = new(
            context.Output,
            context.Printer,
            context.Height,
            isRedrawn: context.IsTerminal && !query.IsJson
        );
        try
        {
            while (true)
            {
                screen.Show(await LinesOrFaultAsync(query, cancellationToken));
                await Task.Delay(Interval, context.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Whoever watched has seen enough.
        }
    }

    // A daemon that is restarted is seen to come back.
    private static async Task<IEnumerable<Line>> LinesOrFaultAsync(Query query, CancellationToken cancellationToken)
    {
        try
        {
            return query.Lines(await query.GetStatusAsync(cancellationToken));
        }
        catch (CommandException fault) when (!query.IsJson)
        {
            return [new Line(new Cell(fault.Message, Tone.Error))];
        }
    }

    /// <summary>What is asked for.</summary>
    /// <param name="Client">Whom.</param>
    /// <param name="Names">Of which components; empty: all.</param>
    /// <param name="IsJson">Whether the document is to be shown.</param>
    private sealed record Query(ManagementClient Client, ImmutableArray<string> Names, bool IsJson)
    {
        private string text = "";

        /// <summary>Asks the daemon.</summary>
        /// <exception cref="CommandException">It does not answer, or has no such component.</exception>
        public async Task<StatusDocument> GetStatusAsync(CancellationToken cancellationToken)
        {
            text = await Client.TextAsync(ManagementClient.StatusPath, cancellationToken);
            StatusDocument status = Client.Read(text, ManagementJson.Default.StatusDocument);
            if (Names.IsEmpty)
            {
                return status;
            }

            foreach (string name in Names.Where(name => status.Components.All(component => component.Name != name)))
            {
                string? nearest = Spelling.Nearest(name, status.Components.Select(component => component.Name));
                string meant = nearest is null ? "" : $"\n  did you mean {Printable.Quoted(nearest)}?";
                throw new CommandException(
                    ExitCode.WrongCommandLine,
                    $"failover: the daemon has no component {Printable.Quoted(name)}{meant}"
                );
            }

            StatusDocument some = status with
            {
                Components =
                [
                    .. status.Components.Where(component => Names.Contains(component.Name, StringComparer.Ordinal)),
                ],
            };
            text = JsonSerializer.Serialize(some, ManagementJson.Default.StatusDocument);
            return some;
        }

        public IEnumerable<Line> Lines(StatusDocument status) =>
            IsJson ? [text] : [.. StatusText.Lines(status), Line.Empty, .. StatusText.Table(status).Lines()];
    }
}
