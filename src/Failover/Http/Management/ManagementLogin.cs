using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>Who asks the management API, and whether the role is there.</summary>
internal static class ManagementLogin
{
    /// <summary>How one can log in.</summary>
    public static string[] Challenges { get; } = [LoginGate.Challenge, LoginGate.TokenChallenge];

    /// <summary>Judges a request that changes something.</summary>
    public static ValueTask<LoginVerdict> JudgeAsync(
        HttpContext http,
        LoginRequest login,
        HealthService service,
        ManagementRole role,
        CancellationToken cancellationToken
    )
    {
        ManagementAccess access = http.Features.GetRequiredFeature<ManagementCall>().Access;
        return service.JudgeRoleAsync(login, access, role, cancellationToken);
    }

    /// <summary>Lets a request that reads pass to its endpoint, or refuses it.</summary>
    /// <param name="http">The request.</param>
    /// <param name="service">Judges who may.</param>
    /// <param name="role">Who may.</param>
    /// <param name="next">Answers it.</param>
    public static async Task LetPassAsync(
        HttpContext http,
        HealthService service,
        ManagementRole role,
        RequestDelegate next
    )
    {
        LoginRequest login = PostRequest.LoginOf(
            http,
            RequestSource.Of(http, service.TrustedProxies),
            isChange: false,
            UserOf(http, service)
        );
        LoginVerdict verdict = await JudgeAsync(http, login, service, role, http.RequestAborted);
        if (verdict.Outcome == LoginOutcome.Passed)
        {
            if (verdict is { By: { } file, User: { } user })
            {
                http.Features.Set(new PasswordLogin(file, user, service.EntryOf(file, user)));
            }

            await next(http);
            return;
        }

        PostRequest.AddHeaders(http, verdict, Challenges);
        Answer refusal = PostRequest.RefusalOf(verdict.Outcome);
        await ProblemDocument.WriteAsync(http, refusal.Status, $"{refusal.Text}: {verdict.Reason}");
    }

    /// <summary>Whether one that was let pass still would be: a stream lasts longer than a session, and than a user in a file. No password is
    /// hashed for it.</summary>
    public static async ValueTask<bool> StillPassesAsync(HttpContext http, HealthService service, ManagementRole role)
    {
        ManagementCall call = http.Features.GetRequiredFeature<ManagementCall>();
        if (!call.IsInForce())
        {
            return false;
        }

        if (http.Features.Get<PasswordLogin>() is { } passed)
        {
            return call.Access.Files.Contains(passed.File)
                && passed.Entry is { } entry
                && service.EntryOf(passed.File, passed.User) == entry;
        }

        LoginRequest login = PostRequest.LoginOf(
            http,
            RequestSource.Of(http, service.TrustedProxies),
            isChange: false,
            UserOf(http, service)
        );
        return (await JudgeAsync(http, login, service, role, http.RequestAborted)).Outcome == LoginOutcome.Passed;
    }

    // Only a proxy that is trusted says who has logged in there; from anybody else the header means nothing.
    private static string? UserOf(HttpContext http, HealthService service) =>
        http.Features.GetRequiredFeature<ManagementCall>().Access.UserHeader is { } header
        && RequestSource.IsTrusted(http, service.TrustedProxies)
        && http.Request.Headers[header] is [{ Length: > 0 } user]
            ? user
            : null;

    // By which line of which file a request was let pass.
    private sealed record PasswordLogin(HtpasswdFile File, string User, string? Entry);
}
