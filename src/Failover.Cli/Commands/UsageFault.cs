using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Failover;

/// <summary>Says what is wrong with a command line, as with a file: what was got, what is accepted, what was meant.</summary>
internal static class UsageFault
{
    /// <summary>Null where nothing is wrong.</summary>
    public static string? Of(ParseResult parsed)
    {
        // What asks for help or the version is answered whatever else there is.
        // But not for a command that does not exist.
        bool isUnknownCommand =
            parsed.CommandResult.Command.Subcommands.Count > 0
            && parsed.UnmatchedTokens.Any(word => word is not ['-', ..]);
        if (parsed.Action is CommandLineAction { ClearsParseErrors: true } && !isUnknownCommand)
        {
            return null;
        }

        Command command = parsed.CommandResult.Command;
        string[] options =
        [
            .. parsed
                .Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
                .Where(token => token.Type == TokenType.Argument && token.Value is ['-', _, ..])
                .Select(token => token.Value),
        ];
        // What follows an unknown option may be its value, and is not reported.
        string[] strangers = options.Length > 0 ? options : [.. parsed.UnmatchedTokens];
        string[] faults =
            strangers.Length > 0 ? [.. strangers.Select(word => Stranger(word, command))]
            : IsWithoutCommand(parsed) ? [$"a command is missing{Accepted(CommandsOf(command))}"]
            :
            [
                .. parsed.Errors.Select(error =>
                    MissingValue(error)
                    ?? string.Join('\n', error.Message.TrimEnd('.').Split('\n').Select(line => Printable.Escape(line)))
                ),
            ];
        return faults.Length == 0
            ? null
            : string.Concat(faults.Select(fault => $"failover: {fault}\n")) + $"see: {Path(command)} --help";
    }

    private static bool IsWithoutCommand(ParseResult parsed) =>
        parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.Tokens.Count == 0;

    // The library names the command, and not what it lacks.
    private static string? MissingValue(ParseError error) =>
        error.SymbolResult switch
        {
            ArgumentResult { Tokens.Count: 0, Argument: { Arity.MinimumNumberOfValues: > 0 } argument } =>
                $"{argument.HelpName ?? argument.Name} is missing",
            OptionResult { Tokens.Count: 0, Option: { Arity.MinimumNumberOfValues: > 0 } option } of =>
                $"{of.IdentifierToken?.Value} has no value{Accepted([option.HelpName ?? "a value"])}",
            _ => null,
        };

    private static string Stranger(string word, Command command)
    {
        bool isOption = word.StartsWith('-');
        string[] known = isOption ? OptionsOf(command) : CommandsOf(command);
        // As --tcp=mail:25 is written.
        string name = isOption ? word.Split('=')[0] : word;
        if (known.Length == 0)
        {
            return $"{Printable.Quoted(word)} is one word too many";
        }

        string meant = Spelling.Nearest(name, known) is { } nearest ? $"\n  did you mean \"{nearest}\"?" : "";
        return $"unknown {(isOption ? "option" : "command")} {Printable.Quoted(name)}{Accepted(known)}{meant}";
    }

    private static string Accepted(string[] known) => $"\n  accepted: {string.Join(", ", known)}";

    private static string[] CommandsOf(Command command) =>
        [.. command.Subcommands.Where(below => !below.Hidden).Select(below => below.Name)];

    private static string[] OptionsOf(Command command) =>
        [
            .. command.Options.Select(option => option.Name),
            .. command
                .Parents.OfType<Command>()
                .SelectMany(above => above.Options.Where(option => option.Recursive))
                .Select(option => option.Name),
        ];

    private static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } above
            ? $"{Path(above)} {command.Name}"
            : command.Name;
}
