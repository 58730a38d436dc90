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
    public Task<DaemonAnswer> SendAsync(
        ParseResult parsed,
        HttpMethod method,
        string path,
        string? body,
        string component,
        CancellationToken cancellationToken
    ) =>
        ConnectAsync(
            parsed,
            async (connection, user, credentials) =>
            {
                string shown = $"/{Printable.Escape(component)}";
                DaemonAnswer answer = await connection.SendAsync(
                    new(method, path)
                    {
                        Authorization = credentials,
                        Etag = await EtagAsync(connection, component, shown, user, credentials, cancellationToken),
                        Body = body,
                    },
                    cancellationToken
                );
                return answer.Status == 200 ? answer : throw RefusalOf(answer, shown, user, connection);
            }
        );

    /// <summary>POSTs to what is no component.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="path">The path.</param>
    /// <param name="shown">What it is to, as <c>route ops</c>.</param>
    /// <param name="whereUnknown">Where to ask why, if there is none of that name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was answered: 200, or 409 where it was not needed.</returns>
    /// <exception cref="CommandException">It was not done.</exception>
    public Task<DaemonAnswer> PostAsync(
        ParseResult parsed,
        string path,
        string shown,
        string whereUnknown,
        CancellationToken cancellationToken
    ) =>
        ConnectAsync(
            parsed,
            async (connection, user, credentials) =>
            {
                DaemonAnswer answer = await connection.SendAsync(HttpMethod.Post, path, credentials, cancellationToken);
                if (answer.Status == 404)
                {
                    DaemonAnswer why = await connection.SendAsync(
                        HttpMethod.Get,
                        whereUnknown,
                        credentials,
                        cancellationToken
                    );
                    throw new CommandException(
                        ExitCode.WrongCommandLine,
                        $"failover: {(why.Status == 404 && ManagementClient.ProblemOf(why) is { Length: > 0 } detail ? detail : $"unknown {shown}")}"
                    );
                }

                return answer.Status is 200 or 409 ? answer : throw RefusalOf(answer, shown, user, connection);
            }
        );

    private async Task<DaemonAnswer> ConnectAsync(
        ParseResult parsed,
        Func<DaemonConnection, string, AuthenticationHeaderValue, Task<DaemonAnswer>> send
    )
    {
        string? token = ViewerLogin.TokenFileIn(parsed, tokenFile, post.User, context);
        string user = token ?? post.UserOf(parsed, context);
        DaemonAddress address = DaemonAddress.OfManagement(parsed.GetValue(url), parsed.GetValue(File), context);
        using DaemonConnection connection = new(address, parsed.GetValue(authority));
        AuthenticationHeaderValue credentials = token is null
            ? await post.CredentialsAsync(parsed, address, context)
            : new("Bearer", Password.FirstLineOf(token, "token"));
        return await send(connection, user, credentials);
    }

    // A component that is served no longer has no version; what is left of it does not change by itself.
    private static async Task<string> EtagAsync(
        DaemonConnection connection,
        string component,
        string shown,
        string user,
        AuthenticationHeaderValue credentials,
        CancellationToken cancellationToken
    )
    {
        DaemonAnswer found = await connection.SendAsync(
            HttpMethod.Get,
            ManagementClient.ComponentPath(component),
            credentials,
            cancellationToken
        );
        if (found.Status != 200)
        {
            return found.Status == 404 ? AnyVersion : throw RefusalOf(found, shown, user, connection);
        }

        try
        {
            string? etag = JsonSerializer.Deserialize(found.Text, ManagementJson.Default.ComponentDocument)?.Etag;
            return EntityTag.Of(etag ?? "");
        }
        catch (JsonException exception)
        {
            throw connection.Unreachable($"its answer is none of a management API: {exception.Message}");
        }
    }

    private static CommandException RefusalOf(
        DaemonAnswer answer,
        string name,
        string user,
        DaemonConnection connection
    )
    {
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
