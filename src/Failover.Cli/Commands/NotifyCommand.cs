using System.CommandLine;

namespace Failover;

/// <summary><c>failover notify</c>: what becomes of notifications.</summary>
internal static class NotifyCommand
{
    public static Command Make(CommandContext context)
    {
        ManagementQuery query = new(context);
        Command command = new DocumentedCommand(
            "notify",
            "Show how notifications are delivered (status, where no command follows), try a route, or send again what was given up.",
            "failover notify",
            "failover notify test ops",
            "failover notify resend ops"
        )
        {
            NotifyStatusCommand.Make(context),
            NotifyTestCommand.Make(context),
            NotifyResendCommand.Make(context),
        };
        query.AddTo(command);
        command.SetAction(
            (parsed, cancellationToken) => NotifyStatusCommand.ShowAsync(query, parsed, route: null, cancellationToken)
        );
        return command;
    }
}
