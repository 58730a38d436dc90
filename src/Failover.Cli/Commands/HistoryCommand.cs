using System.CommandLine;
using System.Globalization;

namespace Failover;

/// <summary><c>failover history</c>: what has happened to components, and who has reset them.</summary>
internal static class HistoryCommand
{
    private const int UsualLimit = 100;
    private const int MostEntries = HistoryEndpoint.MostEntries;

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
            Description = "How far back, as 2h; left out, everything in the history.",
        };
        Option<string?> limit = new("--limit")
        {
            HelpName = "COUNT",
            Description = $"At most so many transitions and so many POSTs, the newest; left out, {UsualLimit}.",
        };
        Command command = new DocumentedCommand(
            "history",
            "Show the transitions of components with their reasons, and who has reset them or tried to, the newest last.",
            "failover history",
            "failover history mail --since 2h",
            "failover history --json | jq '.posts[] | select(.outcome == \"Armed\")'"
        )
        {
            name,
            since,
            limit,
        };
        query.AddTo(command);
        command.SetAction(
            (parsed, cancellationToken) =>
                query.PrintAsync(
                    parsed,
                    ManagementClient.HistoryPath(
                        parsed.GetValue(name) is { } given ? ComponentNames.Plain(given) : null,
                        Within(parsed.GetValue(since)),
                        Limit(parsed.GetValue(limit))
                    ),
                    ManagementJson.Default.HistoryDocument,
                    HistoryText.Lines,
                    cancellationToken
                )
        );
        return command;
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
