using System.CommandLine;

namespace Failover;

/// <summary><c>failover help</c>: the same as <c>--help</c>, for those who write it as a word.</summary>
internal static class HelpCommand
{
    public static Command Make(Command root)
    {
        Argument<string?> name = new("COMMAND")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The command; left out, the program.",
        };
        name.CompletionSources.Add(_ =>
            Names(root).Select(known => new System.CommandLine.Completions.CompletionItem(known))
        );
        Command command = new DocumentedCommand(
            "help",
            "Show the help of the program or of a command.",
            "failover help",
            "failover help check"
        )
        {
            name,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                root.Parse(
                        parsed.GetValue(name) is { } given ? [Known(given, root), "--help"] : ["--help"],
                        parsed.Configuration
                    )
                    .InvokeAsync(parsed.InvocationConfiguration, cancellationToken)
        );
        return command;
    }

    private static IEnumerable<string> Names(Command root) =>
        root.Subcommands.Where(below => !below.Hidden).Select(below => below.Name);

    private static string Known(string given, Command root)
    {
        string[] known = [.. Names(root)];
        if (known.Contains(given, StringComparer.Ordinal))
        {
            return given;
        }

        string meant = Spelling.Nearest(given, known) is { } nearest ? $"\n  did you mean \"{nearest}\"?" : "";
        throw new CommandException(
            ExitCode.WrongCommandLine,
            $"failover: unknown command {Printable.Quoted(given)}\n  accepted: {string.Join(", ", known)}{meant}\nsee: failover --help"
        );
    }
}
