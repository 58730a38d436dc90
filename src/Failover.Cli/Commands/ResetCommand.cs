using System.CommandLine;

namespace Failover;

/// <summary><c>failover reset</c>: the POST of an authorised user.</summary>
internal static class ResetCommand
{
    public static Command Make(CommandContext context)
    {
        Option<string?> file = ConfigurationArgument.FileOption();
        Argument<string> name = ComponentNames.Argument(file, context);
        Option<string?> url = DaemonAddress.UrlOption("Where the component is served.");
        AuthorisedPost post = new("Who resets");
        Option<bool> wait = new("--wait")
        {
            Description = "Wait until it serves OK. Ends with 2 where it is latched again.",
        };
        Option<string?> managementUrl = new("--management-url")
        {
            HelpName = "URL",
            Description =
                "Where the management API is, which --wait needs. Left out, taken from the running daemon or the file; with --url, there is none.",
        };
        Option<string?> authority = DaemonAddress.AuthorityOption();
        Command command = new DocumentedCommand(
            "reset",
            "Reset a latched component, and report its state after that. Exits with 0 if that is OK, and with 2 if it is not.",
            "failover reset mail",
            "failover reset mail --wait       until it serves OK",
            "failover reset mail --user alice --url https://mail.example.net:8443",
            "failover reset mail --password-file - < /run/secrets/reset"
        )
        {
            name,
            wait,
            post.User,
            post.PasswordFile,
            url,
            managementUrl,
            file,
            authority,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                string component = ComponentNames.Plain(parsed.GetValue(name)!);
                string who = post.UserOf(parsed, context);
                (DaemonAddress address, DaemonAddress? management) = DaemonAddress.OfComponents(
                    parsed.GetValue(url),
                    parsed.GetValue(file),
                    context
                );
                if (parsed.GetValue(managementUrl) is { } said)
                {
                    management = DaemonAddress.OfUrl(said);
                }

                if (parsed.GetValue(wait) && management is null)
                {
                    throw new CommandException(
                        ExitCode.WrongCommandLine,
                        "failover: --wait needs the management API, which reports whether the component is latched again\n  accepted: --management-url URL, or a file that names it"
                    );
                }

                using DaemonConnection connection = new(address, parsed.GetValue(authority));
                DaemonAnswer answer = await post.SendAsync(
                    parsed,
                    ManagementClient.Escaped(component),
                    address,
                    connection,
                    context,
                    cancellationToken
                );
                bool isReset = IsReset(answer, component, who, connection);
                using ManagementClient? client = management is null
                    ? null
                    : new(management, parsed.GetValue(authority), ViewerLogin.OfEnvironment(context));
                ResetFollowUp followUp = new(component, isReset, connection, client, context);
                return await followUp.ReportAsync(parsed.GetValue(wait), cancellationToken);
            }
        );
        return command;
    }

    /// <returns>False where there was nothing to reset.</returns>
    /// <exception cref="CommandException">It was not reset.</exception>
    private static bool IsReset(DaemonAnswer answer, string component, string who, DaemonConnection connection)
    {
        string name = $"/{Printable.Escape(component)}";
        return answer switch
        {
            { Status: 200 } when answer.Text == Answer.Armed.Text => true,
            { Status: 409 } when answer.Text == Answer.NothingToReset.Text => false,
            { Status: 409 } => throw Not(ExitCode.NotAllowed, $"not reset: {Printable.Escape(answer.Text)}"),
            { Status: 404 } => throw Not(ExitCode.WrongCommandLine, "there is no such component"),
            { Status: 405 } => throw Not(ExitCode.WrongCommandLine, "cannot be reset: it has no on_post"),
            { Status: 503 } when answer.Text == Answer.NotStored.Text => throw Not(
                ExitCode.StateUnusable,
                "was not reset: the state could not be stored; the daemon's log says why"
            ),
            _ => throw AuthorisedPost.Refusal(answer, name, who, connection),
        };

        CommandException Not(int code, string text) => new(code, $"failover: {name}: {text}");
    }
}
