using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Failover;

/// <summary>What commands of an operator have in common: where they go, as whom, and for which version of the component they are
/// meant.</summary>
/// <param name="who">Whose name is asked for, as <c>Who overrides</c>.</param>
/// <param name="context">Of the command.</param>
internal sealed class OperatorRequest(string who, CommandContext context)
{
    private const string AnyVersion = "*";

    private readonly AuthorisedPost post = new(who);
    private readonly Option<string?> tokenFile = new("--token-file")
    {
        HelpName = "FILE",
        Description =
            $"Where a token that may operate is, in the first line, instead of a user and a password; left out, ${ViewerLogin.TokenFileVariable}.",
    };
    private readonly Option<string?> url = DaemonAddress.UrlOption("Where the management API is.");
    private readonly Option<string?> authority = DaemonAddress.AuthorityOption();

    public Option<string?> File { get; } = ConfigurationArgument.FileOption();

    /// <summary>Adds its options.</summary>
    public void AddTo(Command command)
    {
        command.Add(post.User);
        command.Add(post.PasswordFile);
        command.Add(tokenFile);
        command.Add(url);
        command.Add(File);
        command.Add(authority);
    }

    /// <summary>Sends it, for the component as it is at this moment.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="method">The method.</param>
    /// <param name="path">The path.</param>
    /// <param name="body">A body in JSON; null: none.</param>
    /// <param name="component">The component.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">It was not done.</exception>
    public async Task<DaemonAnswer> SendAsync(
        ParseResult parsed,
        HttpMethod method,
        string path,
        string? body,
        string component,
        CancellationToken cancellationToken
    )
    {
        string? token = ViewerLogin.TokenFileIn(parsed, tokenFile, post.User, context);
        string user = token ?? post.UserOf(parsed, context);
        DaemonAddress address = DaemonAddress.OfManagement(parsed.GetValue(url), parsed.GetValue(File), context);
        using DaemonConnection connection = new(address, parsed.GetValue(authority));
        AuthenticationHeaderValue credentials = token is null
            ? await post.CredentialsAsync(parsed, address, context)
            : new("Bearer", Password.FirstLineOf(token, "token"));
        DaemonAnswer answer = await connection.SendAsync(
            new(method, path)
            {
                Authorization = credentials,
                Etag = await EtagAsync(connection, component, user, credentials, cancellationToken),
                Body = body,
            },
            cancellationToken
        );
        return answer.Status == 200 ? answer : throw RefusalOf(answer, component, user, connection);
    }

    // A component that is served no longer has no version; what is left of it does not change by itself.
    private static async Task<string> EtagAsync(
        DaemonConnection connection,
        string component,
        string user,
        AuthenticationHeaderValue credentials,
        CancellationToken cancellationToken
    )
    {
        DaemonAnswer shown = await connection.SendAsync(
            HttpMethod.Get,
            ManagementClient.ComponentPath(component),
            credentials,
            cancellationToken
        );
        if (shown.Status != 200)
        {
            return shown.Status == 404 ? AnyVersion : throw RefusalOf(shown, component, user, connection);
        }

        try
        {
            string? etag = JsonSerializer.Deserialize(shown.Text, ManagementJson.Default.ComponentDocument)?.Etag;
            return EntityTag.Of(etag ?? "");
        }
        catch (JsonException exception)
        {
            throw connection.Unreachable($"its answer is none of a management API: {exception.Message}");
        }
    }

    private static CommandException RefusalOf(
        DaemonAnswer answer,
        string component,
        string user,
        DaemonConnection connection
    )
    {
        string name = $"/{Printable.Escape(component)}";
        string detail = ManagementClient.ProblemOf(answer);
        return answer.Status switch
        {
            401 => Not(
                ExitCode.NotAllowed,
                $"wrong user, password or token ({Printable.Escape(user)}), or no operator: access.operate lists them"
            ),
            400 => Not(ExitCode.WrongCommandLine, detail),
            403 or 409 => Not(ExitCode.NotAllowed, detail),
            404 => Not(ExitCode.WrongCommandLine, "there is no such component"),
            412 => Not(ExitCode.NotAllowed, "not done: it has changed meanwhile; see failover explain, and try again"),
            503 when detail == Answer.NotStored.Text => Not(
                ExitCode.StateUnusable,
                "not done: it could not be stored; the daemon's log says why"
            ),
            _ => AuthorisedPost.Refusal(answer, name, user, connection),
        };

        CommandException Not(int code, string text) => new(code, $"failover: {name}: {text}");
    }
}
