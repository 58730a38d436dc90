using System.Net;
using Microsoft.Extensions.Primitives;

namespace Failover;

/// <summary>What the gate judges of a POST.</summary>
/// <remarks>No record: a record prints its members, and one is a secret.</remarks>
internal sealed class LoginRequest
{
    /// <summary>The client's address; null on a socket without addresses.</summary>
    public required IPAddress? Source { get; init; }

    /// <summary>Ours, as the client sees it: <c>http</c> or <c>https</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>The host that the client asked for.</summary>
    public required string? Host { get; init; }

    /// <summary>The <c>Authorization</c> header; empty where it is missing, as the ones below.</summary>
    public StringValues Authorization { get; init; }

    /// <summary>The <c>Sec-Fetch-Site</c> header.</summary>
    public StringValues SecFetchSite { get; init; }

    /// <summary>The <c>Origin</c> header.</summary>
    public StringValues Origin { get; init; }

    /// <summary>Whether there is a <c>Cookie</c> header.</summary>
    public bool HasCookie { get; init; }
}

/// <summary>How a POST is answered before anything else is done about it.</summary>
internal enum LoginOutcome
{
    /// <summary>The user may do it.</summary>
    Passed,

    /// <summary>403.</summary>
    CrossSite,

    /// <summary>401, with <see cref="LoginGate.Challenge"/>: the same for no, malformed and wrong credentials.</summary>
    Challenge,

    /// <summary>429.</summary>
    TooMany,

    /// <summary>503.</summary>
    Unavailable,
}

/// <summary>The gate's answer, with what an audit log wants to know.</summary>
/// <param name="Outcome">The answer.</param>
/// <param name="User">Who it is or claims to be, as sent: escape it where it is shown, and mind that people
/// type passwords into the wrong field. Null where the credentials were not read or are malformed.</param>
/// <param name="Reason">Why, in a few words that hold nothing of the request.</param>
/// <param name="RetryAfter">When it is worth trying again; null where that is not known.</param>
internal readonly record struct LoginVerdict(
    LoginOutcome Outcome,
    string? User,
    string Reason,
    TimeSpan? RetryAfter = null
);

/// <summary>Decides who may POST: another site's page never, too many guesses never, then user and password.</summary>
internal sealed class LoginGate(LoginLimiter limiter)
{
    private readonly KnownSources known = new();

    /// <summary>What a browser's log-in dialogue shows.</summary>
    public const string Realm = "Failover";

    /// <summary>The <c>WWW-Authenticate</c> header of a 401 where users may do it (RFC 7617).</summary>
    public const string Challenge = $"Basic realm=\"{Realm}\", charset=\"UTF-8\"";

    /// <summary>The same where a token lets pass (RFC 6750).</summary>
    public const string TokenChallenge = $"Bearer realm=\"{Realm}\"";

    /// <summary>Who it is that has a token, for the audit.</summary>
    public const string TokenHolder = "a bearer token";

    private static readonly TimeSpan QueueIsShorterAfter = TimeSpan.FromSeconds(1);

    /// <summary>Judges one POST. Passwords are hashed for well-formed credentials within the limits only.</summary>
    /// <param name="request">The POST.</param>
    /// <param name="users">Who may do it; null: no user.</param>
    /// <param name="token">The token of whoever may do it; null: there is none.</param>
    /// <param name="ct">Ends the wait; the guess counts as a failed one, or guessing and hanging up would be free.</param>
    public async ValueTask<LoginVerdict> JudgeAsync(
        LoginRequest request,
        PasswordFile? users,
        BearerToken? token,
        CancellationToken ct
    )
    {
        if (
            CrossSiteGate.Decide(request.SecFetchSite, request.Origin, request.Scheme, request.Host, request.HasCookie)
            == CrossSiteDecision.CrossSite
        )
        {
            return new(LoginOutcome.CrossSite, null, "cross-site");
        }

        if (token is not null && BearerToken.Parse(request.Authorization) is { } given)
        {
            return JudgeToken(LoginSource.Of(request.Source), token, given);
        }

        using BasicCredentials? credentials = users is null ? null : BasicCredentials.Parse(request.Authorization);
        if (users is null || credentials is null)
        {
            string reason = request.Authorization.Count == 0 ? "no credentials" : "malformed credentials";
            return new(LoginOutcome.Challenge, null, reason);
        }

        return await JudgePasswordAsync(LoginSource.Of(request.Source), users, credentials, ct);
    }

    private LoginVerdict JudgeToken(LoginSource source, BearerToken token, string given)
    {
        LoginLimiter.LoginAttempt attempt = limiter.Begin(source, token.Name, known.Contains(source));
        if (attempt.RetryAfter is { } retryAfter)
        {
            return new(LoginOutcome.TooMany, null, "too many failed log-ins", retryAfter);
        }

        if (!token.Matches(given))
        {
            return new(LoginOutcome.Challenge, null, "wrong token");
        }

        attempt.GiveBack();
        known.Remember(source);
        return new(LoginOutcome.Passed, TokenHolder, "logged in");
    }

    private async ValueTask<LoginVerdict> JudgePasswordAsync(
        LoginSource source,
        PasswordFile users,
        BasicCredentials credentials,
        CancellationToken ct
    )
    {
        bool isKnown = known.Contains(source);
        LoginLimiter.LoginAttempt attempt = limiter.Begin(source, credentials.User, isKnown);
        if (attempt.RetryAfter is { } retryAfter)
        {
            return new(LoginOutcome.TooMany, credentials.User, "too many failed log-ins", retryAfter);
        }

        PasswordCheck check = await users.VerifyAsync(credentials.User, credentials.Password, source, isKnown, ct);
        if (check != PasswordCheck.Wrong)
        {
            attempt.GiveBack();
        }

        if (check == PasswordCheck.Right)
        {
            known.Remember(source);
        }

        return check switch
        {
            PasswordCheck.Right => new(LoginOutcome.Passed, credentials.User, "logged in"),
            PasswordCheck.Wrong => new(LoginOutcome.Challenge, credentials.User, "unknown user or wrong password"),
            PasswordCheck.Unavailable => new(
                LoginOutcome.Unavailable,
                credentials.User,
                "the password file is unusable"
            ),
            PasswordCheck.Busy => new(
                LoginOutcome.Unavailable,
                credentials.User,
                "too many log-ins wait",
                QueueIsShorterAfter
            ),
            _ => throw new InvalidOperationException($"no such outcome: {check}"),
        };
    }
}
