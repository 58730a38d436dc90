using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Failover;

/// <summary>How commands log in to the management API, where it wants to know who views: by a token, or as a user whose password is asked
/// for once.</summary>
/// <param name="context">The environment of the command.</param>
internal sealed class ViewerLogin(CommandContext context)
{
    /// <summary>The variable that names the file of a token.</summary>
    public const string TokenFileVariable = "FAILOVER_TOKEN_FILE";

    private readonly AuthorisedPost post = new("Who views, where the daemon asks for it");

    public Option<string?> TokenFile { get; } =
        new("--token-file")
        {
            HelpName = "FILE",
            Description =
                $"Where a token that may view is, in the first line, instead of a user and a password; left out, ${TokenFileVariable}.",
        };

    /// <summary>All of its options.</summary>
    public IEnumerable<System.CommandLine.Option> Options => [post.User, post.PasswordFile, TokenFile];

    /// <summary>What a command line says.</summary>
    public ViewerCredentials Of(ParseResult parsed) =>
        new(
            TokenFileIn(parsed, TokenFile, post.User, context),
            (address, connection, cancellationToken) =>
                post.SendAsync(parsed, ViewerCredentials.Path, address, connection, context, cancellationToken)
        );

    /// <summary>The token of the environment, for commands whose own log-in is another one.</summary>
    public static ViewerCredentials OfEnvironment(CommandContext context) => new(TokenOf(context), LogIn: null);

    /// <summary>The file of the token that a command line, or else the environment, names; null: none.</summary>
    public static string? TokenFileIn(
        ParseResult parsed,
        Option<string?> tokenFile,
        Option<string?> user,
        CommandContext context
    ) =>
        // A user who is named is meant, whatever the environment says.
        parsed.GetValue(tokenFile) ?? (parsed.GetValue(user) is null ? TokenOf(context) : null);

    private static string? TokenOf(CommandContext context) =>
        context.Environment(TokenFileVariable) is { Length: > 0 } file ? file : null;
}

/// <summary>What a command has to log in with.</summary>
/// <param name="TokenFile">The file of a token; null: none.</param>
/// <param name="LogIn">Opens a session as a user; null: it cannot.</param>
internal sealed record ViewerCredentials(
    string? TokenFile,
    Func<DaemonAddress, DaemonConnection, CancellationToken, Task<DaemonAnswer>>? LogIn
)
{
    public const string Path = "-/api/v1/session";

    private const string Accepted = $"--user USER, --token-file FILE or ${ViewerLogin.TokenFileVariable}";

    /// <summary>What is sent with the first request; null: nothing.</summary>
    /// <exception cref="CommandException">The file of the token cannot be read.</exception>
    public AuthenticationHeaderValue? First() =>
        TokenFile is null ? null : new("Bearer", Password.FirstLineOf(TokenFile, "token"));

    /// <summary>Logs in, once the daemon has asked for it.</summary>
    /// <exception cref="CommandException">It cannot, or may not.</exception>
    public async Task<AuthenticationHeaderValue> LogInAsync(
        DaemonAddress address,
        DaemonConnection connection,
        CancellationToken cancellationToken
    )
    {
        if (TokenFile is not null)
        {
            throw Not($"the token in {Printable.Escape(TokenFile)} is not accepted");
        }

        if (LogIn is null)
        {
            throw Not($"the management API at {address} asks who views\n  accepted: ${ViewerLogin.TokenFileVariable}");
        }

        DaemonAnswer answer;
        try
        {
            answer = await LogIn(address, connection, cancellationToken);
        }
        catch (CommandException fault) when (fault.ExitCode == ExitCode.WrongCommandLine)
        {
            throw new CommandException(
                ExitCode.NotAllowed,
                $"failover: the management API at {address} asks who views\n  accepted: {Accepted}\n{fault.Message}"
            );
        }

        return answer.Status switch
        {
            201 => new("Bearer", TokenOf(answer, connection)),
            401 => throw Not("wrong user or password"),
            429 => throw Not("not allowed for now: too many failed log-ins"),
            503 => throw new CommandException(ExitCode.Unreachable, "failover: passwords cannot be checked at present"),
            _ => throw connection.Unreachable(
                FormattableString.Invariant($"it answers {answer.Status} where a log-in should be")
            ),
        };
    }

    private static string TokenOf(DaemonAnswer answer, DaemonConnection connection)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Text, ManagementJson.Default.SessionDocument)!.Token;
        }
        catch (JsonException)
        {
            throw connection.Unreachable("its answer to a log-in is none of a management API");
        }
    }

    private static CommandException Not(string text) => new(ExitCode.NotAllowed, $"failover: {text}");
}
