using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>Logs a user in to view, and out: a POST to <c>/-/api/v1/session</c> with a password, and a DELETE with the token.</summary>
/// <remarks>A page keeps the token, and no password; whoever steals it can view until it ends, and nothing else.</remarks>
internal sealed class SessionEndpoint(HealthService service)
{
    public static ManagementDescription Description { get; } =
        new("Logs a user in to view, by the password, for 12 hours.", typeof(SessionDocument))
        {
            Status = StatusCodes.Status201Created,
        };

    /// <summary>Finds what the POST would do; null where nobody has to log in.</summary>
    public PostTarget? Find(HttpContext http, string name)
    {
        ManagementAccess access = http.Features.GetRequiredFeature<ManagementCall>().Access;
        LoginVerdict verdict = default;
        return access.Files.Any()
            ? new(
                "-/api/v1/session",
                async (login, cancel) =>
                    verdict = await service.JudgePasswordAsync(login, access, ManagementRole.View, cancel),
                (_, _) => new(Open(verdict)),
                LoginGate.Challenge
            )
            : null;
    }

    /// <summary>What a DELETE by the token of a session would do: end it.</summary>
    public ManagementChange ToClose(HttpContext http, string name) =>
        new(
            "-/api/v1/session",
            (_, _) =>
                new(
                    new PostResult(
                        BearerToken.Parse(http.Request.Headers.Authorization) is { } token
                        && service.Sessions.Close(token)
                            ? Answer.LoggedOut
                            : Answer.NoSession
                    )
                )
        );

    private PostResult Open(LoginVerdict verdict)
    {
        // Removed in between: then there is no session either.
        if (verdict is not { User: { } user, By: { } file } || service.EntryOf(file, user) is not { } entry)
        {
            return new(Answer.Unavailable);
        }

        DateTimeOffset expires = service.Time.GetUtcNow() + ManagementSessions.Lifetime;
        SessionDocument document = new(service.Sessions.Open(user, file, entry), user, "view", expires);
        return new(Answer.LoggedIn)
        {
            Document = JsonSerializer.SerializeToUtf8Bytes(document, ManagementJson.Default.SessionDocument),
        };
    }
}

/// <summary>A session that was opened.</summary>
/// <param name="Token">What requests say as <c>Authorization: Bearer …</c>.</param>
/// <param name="User">Who has logged in.</param>
/// <param name="Role">What it may: <c>view</c>.</param>
/// <param name="Expires">When it ends at the latest, by the wall clock. It ends earlier with the process, and when the user's line in the
/// password file changes.</param>
internal sealed record SessionDocument(string Token, string User, string Role, DateTimeOffset Expires)
{
    // A record prints its members, and one is a secret.
    public override string ToString() => $"session of {User}";
}
