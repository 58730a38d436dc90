using System.CommandLine;

namespace Failover;

/// <summary><c>failover pollers</c>: who polls, and what was refused.</summary>
internal static class PollersCommand
{
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
        Command command = new DocumentedCommand(
            "pollers",
            "Show who polls components, when last, and what they were answered; and the requests that were refused, of any path: a balancer that "
                + "asks for the wrong one is among them.",
            "failover pollers",
            "failover pollers mail",
            "failover pollers --json | jq '.refused[] | select(.status == 404)'"
        )
        {
            name,
        };
        query.AddTo(command);
        command.SetAction(
            (parsed, cancellationToken) =>
                query.PrintAsync(
                    parsed,
                    ManagementClient.PollersPath(
                        parsed.GetValue(name) is { } given ? ComponentNames.Plain(given) : null
                    ),
                    ManagementJson.Default.PollersDocument,
                    PollersText.Lines,
                    cancellationToken
                )
        );
        return command;
    }
}
