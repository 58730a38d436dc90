using System.CommandLine;
using System.Net.Http.Headers;

namespace Failover;

/// <summary><c>failover release</c>: ends the delay of a guard that is tripped.</summary>
internal static class ReleaseCommand
{
    public static Command Make(CommandContext context)
    {
        Argument<string> name = new("GUARD") { Description = "The name of the guard." };
        Option<string?> file = ConfigurationArgument.FileOption();
        Option<string?> url = DaemonAddress.UrlOption(
            "Where the management API is; of a script, where its components are served."
        );
        Option<string?> authority = DaemonAddress.AuthorityOption();
        AuthorisedPost post = new("Who releases");
        Command command = new DocumentedCommand(
            "release",
            "End the delay of a guard that is tripped: what is judged fail is served as FAIL, and latches.",
            "failover release web",
            "failover release web --user alice --url https://mail.example.net:8081"
        )
        {
            name,
            post.User,
            post.PasswordFile,
            url,
            file,
            authority,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                string guard = parsed.GetValue(name)!;
                string shown = $"guard {Printable.Escape(guard)}";
                string user = post.UserOf(parsed, context);
                DaemonAddress address = DaemonAddress.OfManagement(
                    parsed.GetValue(url),
                    parsed.GetValue(file),
                    context
                );
                using DaemonConnection connection = new(address, parsed.GetValue(authority));
                AuthenticationHeaderValue login = await post.CredentialsAsync(parsed, address, context);
                DaemonAnswer answer = await SendAsync(ManagementClient.GuardPath(guard));
                // Scripts and applications have no management API.
                if (answer.Status == 404)
                {
                    answer = await SendAsync(GuardEndpoint.Root + Uri.EscapeDataString(guard));
                }

                switch (answer.Status)
                {
                    case 200:
                        await context.Output.WriteLineAsync($"{shown}: released; moves to fail are served now");
                        return ExitCode.Ok;
                    case 409:
                        await context.Output.WriteLineAsync($"{shown}: delays nothing at present");
                        return ExitCode.Ok;
                    case 404:
                        throw new CommandException(
                            ExitCode.WrongCommandLine,
                            $"failover: unknown {shown}, or one that nobody may release (it has no auth)"
                        );
                    default:
                        throw AuthorisedPost.Refusal(answer, shown, user, connection);
                }

                Task<DaemonAnswer> SendAsync(string path) =>
                    connection.SendAsync(HttpMethod.Post, path, login, cancellationToken);
            }
        );
        return command;
    }
}
