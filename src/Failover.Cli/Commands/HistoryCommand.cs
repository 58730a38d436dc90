using System.CommandLine;
using System.Globalization;

namespace Failover;

/// <summary><c>failover history</c>: what has happened to components, and who has reset them.</summary>
internal static class HistoryCommand
{
    private const int UsualLimit = 100;
    private const int MostEntries = QueryBounds.MostEntries;
    private const string Hour = "hour";

    private static readonly string[] Periods = ["minute", Hour];
    private static readonly TimeSpan UsualLatency = TimeSpan.FromDays(1);

    public static Command Make(CommandContext context)
    {
        ManagementQuery query = new(context);
        Argument<string?> name = new("NAME")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The component: its path, with a leading slash or without; left out, all.",
        };
        name.CompletionSources.Add(completion =>
            ComponentNames.Of(completion.ParseResult.GetValue(query.File), context)
        );
        Option<string?> since = new("--since")
        {
            HelpName = "DURATION",
            Description = "How far back, as 2h; left out, everything in the history, and the latencies of a day.",
        };
        Option<string> by = new("--by")
        {
            HelpName = string.Join('|', Periods),
            Description = "The latencies of NAME by minute, which are there for two days, or by hour.",
            DefaultValueFactory = _ => Hour,
        };
        by.Validators.Add(AllowedValues.Only("--by", Periods));
        by.CompletionSources.Add(Periods);
        Option<string?> limit = new("--limit")
        {
            HelpName = "COUNT",
            Description =
                $"At most so many transitions, POSTs, and minutes or hours, the newest; left out, {UsualLimit}.",
        };
        Command command = new DocumentedCommand(
            "history",
            "Show the transitions of components with their reasons, and who has reset them or tried to, the newest last; of one component, also for how long it served each state, and the latencies of its probes.",
            "failover history",
            "failover history mail --since 2h --by minute",
            "failover history --json | jq '.posts[] | select(.outcome == \"Armed\")'"
        )
        {
            name,
            since,
            limit,
            by,
        };
        query.AddTo(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                TimeSpan? within = Within(parsed.GetValue(since));
                int most = Limit(parsed.GetValue(limit));
                string? component = parsed.GetValue(name) is { } given ? ComponentNames.Plain(given) : null;
                string path = ManagementClient.HistoryPath(component, within, most);
                return component is null
                    ? query.PrintAsync(
                        parsed,
                        path,
                        ManagementJson.Default.HistoryDocument,
                        HistoryText.Lines,
                        cancellationToken
                    )
                    : query.PrintAsync(
                        parsed,
                        client =>
                            ReadAsync(
                                client,
                                path,
                                ManagementClient.LatencyPath(
                                    component,
                                    parsed.GetValue(by)!,
                                    within ?? UsualLatency,
                                    most
                                ),
                                cancellationToken
                            ),
                        ManagementJson.Default.ComponentHistoryDocument,
                        HistoryText.Lines
                    );
            }
        );
        return command;
    }

    // Where latencies are not to be had, the rest is.
    private static async Task<ComponentHistoryDocument> ReadAsync(
        ManagementClient client,
        string historyPath,
        string latencyPath,
        CancellationToken cancellationToken
    )
    {
        HistoryDocument history = client.Read(
            await client.TextAsync(historyPath, cancellationToken),
            ManagementJson.Default.HistoryDocument
        );
        LatencyDocument? latency = null;
        try
        {
            latency = client.Read(
                await client.TextAsync(latencyPath, cancellationToken),
                ManagementJson.Default.LatencyDocument
            );
        }
        catch (CommandException fault) when (fault.ExitCode is ExitCode.StateUnusable or ExitCode.WrongCommandLine)
        {
            // They are not kept, cannot be read, or the component is not known any longer.
        }

        return new(history.Transitions, history.Posts, latency);
    }

    private static TimeSpan? Within(string? given) =>
        given is null
            ? null
            : DurationText.Parse(given).Value as TimeSpan?
                ?? throw new CommandException(
                    ExitCode.WrongCommandLine,
                    $"failover: --since is {Printable.Quoted(given)}\n  accepted: a duration, as 2h"
                );

    private static int Limit(string? given) =>
        given is null ? UsualLimit
        : int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int limit)
        && limit is >= 1 and <= MostEntries
            ? limit
        : throw new CommandException(
            ExitCode.WrongCommandLine,
            $"failover: --limit is {Printable.Quoted(given)}\n  accepted: 1 to {MostEntries}"
        );
}
