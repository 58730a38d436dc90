using System.CommandLine;

namespace Failover;

/// <summary>Names of components on the command line.</summary>
internal static class ComponentNames
{
    /// <summary>A component's name, completed from the file.</summary>
    public static Argument<string> Argument(Option<string?> file, CommandContext context)
    {
        Argument<string> name = new("NAME")
        {
            Description = "The component: its path, with a leading slash or without.",
        };
        name.CompletionSources.Add(completion => Of(completion.ParseResult.GetValue(file), context));
        return name;
    }

    /// <summary>The name as the file has it: people write the path as well.</summary>
    public static string Plain(string given) => given.StartsWith('/') ? given[1..] : given;

    /// <summary>The names in a file; none where it cannot be read, for whoever completes a word must not be disturbed.</summary>
    public static IEnumerable<string> Of(string? file, CommandContext context) =>
        (file ?? ConfigurationArgument.FindDefault(context)) is { } found
        && ConfigurationFile.Read(found, context.Environment).Configuration is { } configuration
            ? configuration.Components.Select(component => component.Name)
            : [];

    /// <summary>The component of that name.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static ComponentDescription Find(string given, FailoverConfiguration configuration)
    {
        string name = Plain(given);
        if (configuration.Components.FirstOrDefault(component => component.Name == name) is { } found)
        {
            return found;
        }

        string? nearest = Spelling.Nearest(name, configuration.Components.Select(component => component.Name));
        string meant = nearest is null ? "" : $"\n  did you mean {Printable.Quoted(nearest)}?";
        throw new CommandException(
            ExitCode.WrongCommandLine,
            $"failover: {Printable.Escape(configuration.File)} has no component {Printable.Quoted(name)}{meant}"
        );
    }
}
