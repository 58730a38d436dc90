using System.CommandLine;

namespace Failover;

/// <summary><c>failover forget</c>: ends latches that no reset can end any longer.</summary>
internal static class ForgetCommand
{
    public static Command Make(CommandContext context)
    {
        OperatorRequest request = new("Who forgets", context);
        Argument<string> name = ComponentNames.Argument(request.File, context);
        Command command = new DocumentedCommand(
            "forget",
            "End a latch that no reset can end any longer: its toggle was removed, or has no oneshot. What a reset can end is left alone.",
            "failover forget mail",
            "failover forget mail --user alice --url unix:/run/failover/management.sock"
        )
        {
            name,
        };
        request.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                string component = ComponentNames.Plain(parsed.GetValue(name)!);
                await request.SendAsync(
                    parsed,
                    HttpMethod.Delete,
                    ManagementClient.LatchesPath(component),
                    body: null,
                    component,
                    cancellationToken
                );
                await context.Output.WriteLineAsync($"/{Printable.Escape(component)}: its latch is forgotten");
                return ExitCode.Ok;
            }
        );
        return command;
    }
}
