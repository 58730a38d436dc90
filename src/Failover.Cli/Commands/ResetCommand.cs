using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;

namespace Failover;

/// <summary><c>failover reset</c>: the POST of somebody who may.</summary>
internal static class ResetCommand
{
    public static Command Make(Surroundings surroundings)
    {
        Option<string?> file = GivenConfiguration.FileOption();
        Argument<string> name = ComponentNames.Argument(file, surroundings);
        Option<string?> url = DaemonAddress.UrlOption("Where the component is served.");
        Option<string?> user = new("--user", "-u") { HelpName = "USER", Description = "Who resets; left out: $USER." };
        Option<string?> passwordFile = new("--password-file")
        {
            HelpName = "FILE",
            Description =
                "Where the password is, in the first line; - is the standard input. Left out, it is asked for on the terminal.",
        };
        Option<string?> authority = DaemonAddress.AuthorityOption();
        Command command = new DocumentedCommand(
            "reset",
            "Reset a component whose failure is held until somebody has looked after it.",
            "failover reset mail",
            "failover reset mail --user alice --url https://mail.example.net:8443",
            "failover reset mail --password-file - < /run/secrets/reset"
        )
        {
            name,
            user,
            passwordFile,
            url,
            file,
            authority,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                string component = ComponentNames.Plain(parsed.GetValue(name)!);
                string who = User(parsed.GetValue(user), surroundings);
                DaemonAddress address = DaemonAddress.OfComponents(
                    parsed.GetValue(url),
                    parsed.GetValue(file),
                    surroundings
                );
                if (address is { SocketPath: null, Root: { Scheme: "http", IsLoopback: false } })
                {
                    await surroundings.Error.WriteLineAsync(
                        $"failover: warning: the password goes to {address} for everybody on the way to read"
                    );
                }

                using DaemonConnection connection = new(address, parsed.GetValue(authority));
                string password = Password.Read(parsed.GetValue(passwordFile), who, address, surroundings);
                string credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{who}:{password}"));
                DaemonAnswer answer = await connection.SendAsync(
                    HttpMethod.Post,
                    ManagementClient.Escaped(component),
                    new AuthenticationHeaderValue("Basic", credentials),
                    cancellationToken
                );
                return Tell(answer, component, who, connection, surroundings);
            }
        );
        return command;
    }

    private static string User(string? given, Surroundings surroundings) =>
        (given ?? surroundings.Environment("USER")) switch
        {
            null or "" => throw new CommandException(
                ExitCode.WrongCommandLine,
                "failover: nobody says who resets\n  accepted: --user USER, or $USER"
            ),
            // The colon ends the user in the credentials (RFC 7617, 2).
            var who when who.Contains(':') => throw new CommandException(
                ExitCode.WrongCommandLine,
                $"failover: the user is {Printable.Quoted(who)}\n  accepted: a name without a colon"
            ),
            var who => who,
        };

    private static int Tell(
        DaemonAnswer answer,
        string component,
        string who,
        DaemonConnection connection,
        Surroundings surroundings
    )
    {
        string name = $"/{Printable.Escape(component)}";
        (int code, string text) = answer switch
        {
            { Status: 200 } when answer.Text == Answer.Armed.Text => (
                ExitCode.Fine,
                $"{name}: armed; it goes back to ok at its next evaluation"
            ),
            { Status: 409 } when answer.Text == Answer.NothingToReset.Text => (
                ExitCode.Fine,
                $"{name}: nothing to reset"
            ),
            { Status: 409 } => (ExitCode.NotAllowed, $"{name}: not reset: {Printable.Escape(answer.Text)}"),
            { Status: 401 } => (ExitCode.NotAllowed, $"{name}: wrong user or password ({Printable.Escape(who)})"),
            { Status: 403 } => (ExitCode.NotAllowed, $"{name}: not allowed"),
            { Status: 429 } => (ExitCode.NotAllowed, $"{name}: not allowed for now: too many failed log-ins"),
            { Status: 404 } => (ExitCode.WrongCommandLine, $"{name}: there is no such component"),
            { Status: 405 } => (ExitCode.WrongCommandLine, $"{name}: cannot be reset: it has no on_post"),
            { Status: 503 } when answer.Text == Answer.NotStored.Text => (
                ExitCode.StateUnusable,
                $"{name}: could not be stored, and so is not reset; the daemon's log says why"
            ),
            { Status: 503 } => (ExitCode.Unreachable, $"{name}: passwords cannot be checked at present"),
            _ => throw connection.Unreachable(
                FormattableString.Invariant($"it answers {answer.Status} as no daemon does")
            ),
        };
        if (code != ExitCode.Fine)
        {
            throw new CommandException(code, $"failover: {text}");
        }

        surroundings.Output.WriteLine(text);
        return code;
    }
}
