using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary><c>failover manual</c>, for packages: the man page, made of the same data as the help.</summary>
/// <remarks>man-pages(7), groff_man(7).</remarks>
internal static class ManualCommand
{
    private const string Name = "manual";

    public static Command Make(CommandContext context)
    {
        Command command = new(Name, "Print the man page failover(1).") { Hidden = true };
        command.SetAction(_ => context.Output.Write(Page(CommandLine.Root(context))));
        return command;
    }

    private static string Page(Command root)
    {
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $".TH FAILOVER 1 \"\" \"failover {DaemonStatus.Version}\"\n");
        page.Append(".SH NAME\n").Append(Text($"{root.Name} - {root.Description}")).Append('\n');
        page.Append(".SH SYNOPSIS\n.B failover\n.I COMMAND\n[\\fIOPTION\\fR | \\fIARGUMENT\\fR] ...\n.SH COMMANDS\n");
        foreach (Command command in root.Subcommands.Where(command => !command.Hidden))
        {
            Describe(page, command, root.Name);
        }

        page.Append(".SH EXIT STATUS\n");
        foreach ((string code, string meaning) in ExitCode.All)
        {
            Term(page, $"\\fB{Text(code)}\\fR", meaning);
        }

        page.Append(".SH FILES\n");
        Term(
            page,
            "\\fI/etc/failover/failover.yaml\\fR",
            "The configuration, where none is given and ./failover.yaml is missing."
        );
        Examples(page.Append(".SH EXAMPLES\n"), root);
        return page.ToString();
    }

    private static void Describe(StringBuilder page, Command command, string above)
    {
        string name = $"{above} {command.Name}";
        string words = string.Concat(
            command.Arguments.Where(argument => !argument.Hidden).Select(argument => $" \\fI{Text(argument.Name)}\\fR")
        );
        page.Append(CultureInfo.InvariantCulture, $".SS \\fB{Text(name)}\\fR{words}\n");
        page.Append(Line(command.Description)).Append('\n');
        foreach (Argument argument in command.Arguments.Where(argument => !argument.Hidden))
        {
            Term(page, $"\\fI{Text(argument.Name)}\\fR", argument.Description);
        }

        foreach (System.CommandLine.Option option in command.Options.Where(option => !option.Hidden))
        {
            IEnumerable<string> names = option.Aliases.Order(StringComparer.Ordinal).Prepend(option.Name);
            string value = option.ValueType == typeof(bool) ? "" : $" \\fI{Text(option.HelpName ?? "VALUE")}\\fR";
            Term(
                page,
                $"{string.Join(", ", names.Select(name => $"\\fB{Text(name)}\\fR"))}{value}",
                option.Description
            );
        }

        Examples(page.Append(".PP\n"), command);
        foreach (Command below in command.Subcommands.Where(below => !below.Hidden))
        {
            Describe(page, below, name);
        }
    }

    private static void Term(StringBuilder page, string term, string? description) =>
        page.Append(CultureInfo.InvariantCulture, $".TP\n{term}\n{Line(description)}\n");

    private static void Examples(StringBuilder page, Command command)
    {
        if (command is not DocumentedCommand { Examples.Count: > 0 } documented)
        {
            return;
        }

        page.Append(".EX\n");
        foreach (string example in documented.Examples)
        {
            page.Append(Line(example)).Append('\n');
        }

        page.Append(".EE\n");
    }

    // A dot or an apostrophe at the start of a line would be a request; \& is nothing, and not one.
    private static string Line(string? text) =>
        Text(text) is ['.' or '\'', ..] and var line ? $"\\&{line}" : Text(text);

    // A bare hyphen is a typographic one, which no shell takes.
    private static string Text(string? text) =>
        (text ?? "").Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
}
