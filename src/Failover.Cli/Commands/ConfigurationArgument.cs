using System.CommandLine;

namespace Failover;

/// <summary>The configuration that a command is about.</summary>
internal static class ConfigurationArgument
{
    private const string DefaultText = "left out: ./failover.yaml, then /etc/failover/failover.yaml";

    public static Argument<string?> FileArgument() =>
        new("FILE") { Arity = ArgumentArity.ZeroOrOne, Description = $"The configuration; {DefaultText}." };

    public static Option<string?> FileOption() =>
        new("--file", "-f")
        {
            HelpName = "FILE",
            Description = $"The configuration, which gives the daemon's address; {DefaultText}.",
        };

    /// <summary>The file: the one that is named, or the first of the usual ones that is there.</summary>
    /// <exception cref="CommandException">None is.</exception>
    public static string Find(string? named, CommandContext context) =>
        named
        ?? FindDefault(context)
        ?? throw new CommandException(
            ExitCode.InvalidConfiguration,
            $"failover: no configuration: there is neither {string.Join(" nor ", context.DefaultFiles)}"
        );

    /// <summary>The first of the usual files that is there; null where none is.</summary>
    public static string? FindDefault(CommandContext context) => context.DefaultFiles.FirstOrDefault(File.Exists);

    /// <summary>Reads the file, which must be good.</summary>
    /// <exception cref="CommandException">It is not; the message says everything that is wrong with it.</exception>
    public static ConfigurationReading Read(string? named, CommandContext context)
    {
        ConfigurationReading reading = ConfigurationFile.Read(Find(named, context), context.Environment);
        return reading.Configuration is not null
            ? reading
            : throw new CommandException(ExitCode.InvalidConfiguration, reading.ErrorText);
    }
}
