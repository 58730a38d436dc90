using System.CommandLine;
using System.Text.Json;

namespace Failover;

/// <summary><c>failover notify resend</c>: tries notifications again that a route has given up.</summary>
internal static class NotifyResendCommand
{
    public static Command Make(CommandContext context)
    {
        OperatorRequest request = new("Who sends them again", context);
        Argument<string> name = RouteNames.Argument(request.File, context);
        Command command = new DocumentedCommand(
            "resend",
            "Try the notifications again that a route has given up. Pending ones are tried at once, too.",
            "failover notify resend ops",
            "failover notify resend ops --user alice --url unix:/run/failover/management.sock"
        )
        {
            name,
        };
        request.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                string route = parsed.GetValue(name)!;
                string shown = $"route {Printable.Escape(route)}";
                DaemonAnswer answer = await request.PostAsync(
                    parsed,
                    ManagementClient.ResendPath(route),
                    shown,
                    ManagementClient.NotificationsPath(route),
                    cancellationToken
                );
                await context.Output.WriteLineAsync(
                    answer.Status == 200
                        ? $"{shown}: {Count(Resent(answer))} tried again; failover notify status {Printable.Escape(route)} shows what comes of it"
                        : $"{shown}: has given up nothing"
                );
                return ExitCode.Ok;
            }
        );
        return command;
    }

    private static int Resent(DaemonAnswer answer) =>
        JsonSerializer.Deserialize(answer.Text, ManagementJson.Default.ResendDocument)?.Resent ?? 0;

    private static string Count(int count) =>
        FormattableString.Invariant($"{count} {(count == 1 ? "notification is" : "notifications are")}");
}
