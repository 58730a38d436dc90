using System.CommandLine;

namespace Failover;

/// <summary><c>failover version</c>: the same as <c>--version</c>, for those who write it as a word.</summary>
internal static class VersionCommand
{
    public static Command Make(CommandContext context)
    {
        Command command = new DocumentedCommand("version", "Show the version.", "failover version");
        command.SetAction(_ => Show(context));
        return command;
    }

    public static int Show(CommandContext context)
    {
        context.Output.WriteLine($"failover {DaemonStatus.Version}");
        return ExitCode.Ok;
    }
}
