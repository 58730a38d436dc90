using System.CommandLine;
using System.CommandLine.Completions;

namespace Failover;

/// <summary><c>failover completion</c>: the script that has a shell complete words, and the hidden command that the script
/// asks.</summary>
internal static class CompletionCommand
{
    private const string Completer = "complete";

    public static Command Make(CommandContext context)
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish." };
        shell.Validators.Add(AllowedValues.Only("SHELL", [.. CompletionScripts.All.Keys]));
        shell.CompletionSources.Add([.. CompletionScripts.All.Keys]);
        Command command = new DocumentedCommand(
            "completion",
            "Print a script that completes commands, options and names of components in a shell.",
            "source <(failover completion bash)",
            "failover completion bash > /etc/bash_completion.d/failover",
            "failover completion zsh > \"${fpath[1]}/_failover\"",
            "failover completion fish > ~/.config/fish/completions/failover.fish"
        )
        {
            shell,
        };
        command.SetAction(parsed => context.Output.Write(CompletionScripts.All[parsed.GetValue(shell)!]));
        return command;
    }

    /// <summary>Takes the line up to the cursor, and prints what its last word may become.</summary>
    public static Command MakeCompleter(CommandContext context)
    {
        Argument<string> line = new("LINE");
        Command command = new(Completer) { line };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            foreach (string word in Completions(parsed.GetValue(line)!, context))
            {
                context.Output.WriteLine(word);
            }
        });
        return command;
    }

    private static IEnumerable<string> Completions(string line, CommandContext context)
    {
        // However the program was named, it is this one.
        int end = line.TrimStart().IndexOf(' ');
        string rest = end < 0 ? "" : line.TrimStart()[(end + 1)..];
        Command root = CommandLine.Root(context);
        return root.Parse(rest)
            .GetCompletions(rest.Length)
            .Select(completion => completion.InsertText ?? completion.Label)
            // What could be taken for several words, or for something else than a word, is left for the person to write.
            .Where(word => word.All(character => char.IsLetterOrDigit(character) || "-_./:@%+=".Contains(character)))
            .Where(word => word is not ("-?" or "-h" or "/?" or "/h"))
            .Distinct(StringComparer.Ordinal);
    }
}
