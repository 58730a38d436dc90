using System.CommandLine;

namespace Failover;

/// <summary><c>failover explain</c>: why a component is as it is, and what would change it.</summary>
internal static class ExplainCommand
{
    public static Command Make(CommandContext context)
    {
        ManagementQuery query = new(context);
        Argument<string> name = ComponentNames.Argument(query.File, context);
        Command command = new DocumentedCommand(
            "explain",
            "Show the tree of a component: each node's state, what it rests on, and what would change it.",
            "failover explain mail",
            "failover explain mail --json | jq .tree"
        )
        {
            name,
        };
        query.AddTo(command);
        command.SetAction(
            (parsed, cancellationToken) =>
                query.PrintAsync(
                    parsed,
                    ManagementClient.ComponentPath(ComponentNames.Plain(parsed.GetValue(name)!)),
                    ManagementJson.Default.ComponentDocument,
                    ComponentText.Lines,
                    cancellationToken
                )
        );
        return command;
    }
}
