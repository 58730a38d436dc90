using System.CommandLine;

namespace Failover;

/// <summary>Names of routes of notifications on the command line.</summary>
internal static class RouteNames
{
    private const string Name = "ROUTE";
    private const string Meaning = "The route, as notifications names it in the configuration";

    /// <summary>A route, completed from the file.</summary>
    public static Argument<string> Argument(Option<string?>? file, CommandContext context)
    {
        Argument<string> name = new(Name) { Description = $"{Meaning}." };
        Complete(name, file, context);
        return name;
    }

    /// <summary>The same where it can be left out.</summary>
    public static Argument<string?> OptionalArgument(Option<string?> file, CommandContext context)
    {
        Argument<string?> name = new(Name)
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = $"{Meaning}; left out, all.",
        };
        Complete(name, file, context);
        return name;
    }

    private static void Complete(Argument name, Option<string?>? file, CommandContext context) =>
        name.CompletionSources.Add(completion =>
            (
                (file is null ? null : completion.ParseResult.GetValue(file))
                ?? ConfigurationArgument.FindDefault(context)
            )
                is { } found
            && ConfigurationFile.Read(found, context.Environment).Configuration is { } configuration
                ? configuration.Notifications.Routes.Select(route => new System.CommandLine.Completions.CompletionItem(
                    route.Name
                ))
                : []
        );
}
