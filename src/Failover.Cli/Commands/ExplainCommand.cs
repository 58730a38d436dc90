using System.CommandLine;

namespace Failover;

/// <summary><c>failover explain</c>: why a component is as it is, and what would change it.</summary>
internal static class ExplainCommand
{
    public static Command Make(CommandContext context)
    {
        Option<string?> file = ConfigurationArgument.FileOption();
        Argument<string> name = ComponentNames.Argument(file, context);
        Option<bool> json = new("--json") { Description = "Print the document as it was received." };
        Option<string?> url = DaemonAddress.UrlOption("Where the daemon's management API is.");
        Option<string?> authority = DaemonAddress.AuthorityOption();
        Command command = new DocumentedCommand(
            "explain",
            "Show the tree of a component: each node's state, what it rests on, and what would change it.",
            "failover explain mail",
            "failover explain mail --json | jq .tree"
        )
        {
            name,
            json,
            file,
            url,
            authority,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                DaemonAddress address = DaemonAddress.OfManagement(
                    parsed.GetValue(url),
                    parsed.GetValue(file),
                    context
                );
                using ManagementClient client = new(address, parsed.GetValue(authority));
                string path = ManagementClient.ComponentPath(ComponentNames.Plain(parsed.GetValue(name)!));
                string text = await client.TextAsync(path, cancellationToken);
                context.Printer.Print(
                    parsed.GetValue(json)
                        ? [(Line)text]
                        : ComponentText.Lines(client.Read(text, ManagementJson.Default.ComponentDocument))
                );
                return ExitCode.Ok;
            }
        );
        return command;
    }
}
