using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;

namespace Failover;

/// <summary>The options of commands that POST as a user with a password, and how they do.</summary>
/// <param name="who">Whose name is asked for, as <c>Who resets</c>.</param>
internal sealed class AuthorisedPost(string who)
{
    public Option<string?> User { get; } =
        new("--user", "-u") { HelpName = "USER", Description = $"{who}; left out: $USER." };

    public Option<string?> PasswordFile { get; } =
        new("--password-file")
        {
            HelpName = "FILE",
            Description =
                "Where the password is, in the first line; - is the standard input. Left out, the terminal prompts for it.",
        };

    /// <summary>The user who is meant.</summary>
    /// <exception cref="CommandException">None, or one that cannot log in.</exception>
    public string UserOf(ParseResult parsed, CommandContext context) =>
        (parsed.GetValue(User) ?? context.Environment("USER")) switch
        {
            null or "" => throw new CommandException(
                ExitCode.WrongCommandLine,
                "failover: no user\n  accepted: --user USER, or $USER"
            ),
            // The colon ends the user in the credentials (RFC 7617, 2).
            var user when user.Contains(':') => throw new CommandException(
                ExitCode.WrongCommandLine,
                $"failover: the user is {Printable.Quoted(user)}\n  accepted: a name without a colon"
            ),
            var user => user,
        };

    /// <summary>Asks for the password, and POSTs.</summary>
    public async Task<DaemonAnswer> SendAsync(
        ParseResult parsed,
        string path,
        DaemonAddress address,
        DaemonConnection connection,
        CommandContext context,
        CancellationToken cancellationToken
    ) =>
        await connection.SendAsync(
            HttpMethod.Post,
            path,
            await CredentialsAsync(parsed, address, context),
            cancellationToken
        );

    /// <summary>Asks for the password.</summary>
    public async Task<AuthenticationHeaderValue> CredentialsAsync(
        ParseResult parsed,
        DaemonAddress address,
        CommandContext context
    )
    {
        string user = UserOf(parsed, context);
        if (address is { SocketPath: null, Root: { Scheme: "http", IsLoopback: false } })
        {
            await context.Error.WriteLineAsync(
                $"failover: warning: the password goes to {address} for everybody on the way to read"
            );
        }

        string password = Password.Read(parsed.GetValue(PasswordFile), user, address, context);
        return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    /// <summary>Why a POST was not let pass.</summary>
    /// <param name="answer">What was answered, and is none of those that the command itself knows.</param>
    /// <param name="name">To what the POST went.</param>
    /// <param name="user">As whom.</param>
    /// <param name="connection">To whom.</param>
    public static CommandException Refusal(DaemonAnswer answer, string name, string user, DaemonConnection connection)
    {
        return answer.Status switch
        {
            401 => Not(ExitCode.NotAllowed, $"wrong user or password ({Printable.Escape(user)})"),
            403 => Not(ExitCode.NotAllowed, "not allowed"),
            429 => Not(ExitCode.NotAllowed, "not allowed for now: too many failed log-ins"),
            503 => Not(ExitCode.Unreachable, "passwords cannot be checked at present"),
            _ => connection.Unreachable(FormattableString.Invariant($"it answers {answer.Status} as no daemon does")),
        };

        CommandException Not(int code, string text) => new(code, $"failover: {name}: {text}");
    }
}
