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
            await next(http);
            return;
        }

        PostRequest.AddHeaders(http, verdict, Challenges);
        Answer refusal = PostRequest.RefusalOf(verdict.Outcome);
        await ProblemDocument.WriteAsync(http, refusal.Status, $"{refusal.Text}: {verdict.Reason}");
    }

    // Only a proxy that is trusted says who has logged in there; from anybody else the header means nothing.
    private static string? UserOf(HttpContext http, HealthService service) =>
        http.Features.GetRequiredFeature<ManagementCall>().Access.UserHeader is { } header
        && RequestSource.IsTrusted(http, service.TrustedProxies)
        && http.Request.Headers[header] is [{ Length: > 0 } user]
            ? user
            : null;
}
