using System.CommandLine;

namespace Failover;

/// <summary><c>failover notify status</c>: the routes, what is wrong now, and what was given up.</summary>
internal static class NotifyStatusCommand
{
    public static Command Make(CommandContext context)
    {
        ManagementQuery query = new(context);
        Argument<string?> route = RouteNames.OptionalArgument(query.File, context);
        Command command = new DocumentedCommand(
            "status",
            "Show how the routes of notifications are: what is pending, delivered or given up, and why the newest attempt failed; and what is wrong now.",
            "failover notify status",
            "failover notify status ops",
            "failover notify status --json | jq '.routes[] | select(.problem)'"
        )
        {
            route,
        };
        query.AddTo(command);
        command.SetAction(
            (parsed, cancellationToken) => ShowAsync(query, parsed, parsed.GetValue(route), cancellationToken)
        );
        return command;
    }

    /// <summary>Shows them.</summary>
    /// <param name="query">Whom to ask.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="route">One route; null: all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<int> ShowAsync(
        ManagementQuery query,
        ParseResult parsed,
        string? route,
        CancellationToken cancellationToken
    ) =>
        query.PrintAsync(
            parsed,
            ManagementClient.NotificationsPath(route),
            ManagementJson.Default.NotificationsDocument,
            NotificationsText.Lines,
            cancellationToken
        );
}
