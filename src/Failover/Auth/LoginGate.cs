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

    /// <summary>Whether it may change something: a browser's may then come from our own pages only.</summary>
    public bool IsChange { get; init; } = true;

    /// <summary>Who has logged in at a trusted proxy, as that says; null: nobody.</summary>
    public string? ForwardedUser { get; init; }
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

    /// <summary>403: it is known who it is, and the role is another one.</summary>
    WrongRole,

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
)
{
    /// <summary>The password file of a role that lists the user; null where there is none, or no password was right.</summary>
    public HtpasswdFile? By { get; init; }
}

/// <summary>Decides who may POST, and who may use the management API: another site's page never, too many guesses never, then user and
/// password, or a token.</summary>
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

    // Under which guesses at tokens of the management API are counted.
    private const string ManagementTokens = "Bearer management";

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
        if (IsCrossSite(request))
        {
            return new(LoginOutcome.CrossSite, null, "cross-site");
        }

        if (token is not null && BearerToken.Parse(request.Authorization) is { } given)
        {
            return JudgeToken(
                LoginSource.Of(request.Source),
                token.Name,
                () => token.Matches(given) ? TokenHolder : null
            );
        }

        using BasicCredentials? credentials = users is null ? null : BasicCredentials.Parse(request.Authorization);
        if (users is null || credentials is null)
        {
            string reason = request.Authorization.Count == 0 ? "no credentials" : "malformed credentials";
            return new(LoginOutcome.Challenge, null, reason);
        }

        (LoginVerdict verdict, _) = await JudgePasswordAsync(LoginSource.Of(request.Source), [users], credentials, ct);
        return verdict;
    }

    /// <summary>Judges a request of the management API that needs a role.</summary>
    /// <param name="request">The request.</param>
    /// <param name="access">Who may what.</param>
    /// <param name="needed">The role.</param>
    /// <param name="find">Gives the open list of a password file; null: it is not open.</param>
    /// <param name="sessions">Who has logged in to view.</param>
    /// <param name="ct">As above.</param>
    public async ValueTask<LoginVerdict> JudgeAsync(
        LoginRequest request,
        ManagementAccess access,
        ManagementRole needed,
        Func<HtpasswdFile, PasswordFile?> find,
        ManagementSessions sessions,
        CancellationToken ct
    )
    {
        if (request.IsChange && IsCrossSite(request))
        {
            return new(LoginOutcome.CrossSite, null, "cross-site");
        }

        if (needed == ManagementRole.Operate && !access.HasOperators)
        {
            return new(LoginOutcome.WrongRole, null, "nobody may operate: access.operate is not set");
        }

        if (needed == ManagementRole.View && (access.View is null || request.ForwardedUser is not null))
        {
            return new(LoginOutcome.Passed, request.ForwardedUser, "may view");
        }

        LoginSource source = LoginSource.Of(request.Source);
        if (BearerToken.Parse(request.Authorization) is { } given)
        {
            return given.StartsWith(ManagementSessions.Prefix, StringComparison.Ordinal)
                ? JudgeSession(given, access, needed, find, sessions)
                : JudgeToken(source, given, access, needed);
        }

        return await JudgePasswordAsync(request, access, needed, find, ct);
    }

    /// <summary>Judges a request that needs a user's password, and no token will do.</summary>
    /// <inheritdoc cref="JudgeAsync(LoginRequest, ManagementAccess, ManagementRole, Func{HtpasswdFile, PasswordFile?}, ManagementSessions, CancellationToken)"/>
    public async ValueTask<LoginVerdict> JudgePasswordAsync(
        LoginRequest request,
        ManagementAccess access,
        ManagementRole needed,
        Func<HtpasswdFile, PasswordFile?> find,
        CancellationToken ct
    )
    {
        if (request.IsChange && IsCrossSite(request))
        {
            return new(LoginOutcome.CrossSite, null, "cross-site");
        }

        LoginSource source = LoginSource.Of(request.Source);
        using BasicCredentials? credentials = BasicCredentials.Parse(request.Authorization);
        HtpasswdFile[] files = [.. access.FilesFor(needed)];
        if (credentials is null || files.Length == 0)
        {
            string reason = request.Authorization.Count == 0 ? "no credentials" : "malformed credentials";
            return new(LoginOutcome.Challenge, null, reason);
        }

        PasswordFile?[] lists = [.. files.Select(find)];
        if (lists.Contains(null))
        {
            return new(LoginOutcome.Unavailable, null, "the password file has just been removed");
        }

        (LoginVerdict verdict, PasswordFile? by) = await JudgePasswordAsync(source, lists!, credentials, ct);
        return by is null
            ? verdict
            : WithRole(
                verdict with
                {
                    By = files[Array.IndexOf(lists, by)],
                },
                access.RoleOf(files[Array.IndexOf(lists, by)]),
                needed
            );
    }

    private static LoginVerdict WithRole(LoginVerdict verdict, ManagementRole role, ManagementRole needed) =>
        role >= needed ? verdict : verdict with { Outcome = LoginOutcome.WrongRole, Reason = "may view only" };

    private static LoginVerdict JudgeSession(
        string given,
        ManagementAccess access,
        ManagementRole needed,
        Func<HtpasswdFile, PasswordFile?> find,
        ManagementSessions sessions
    ) =>
        sessions.Find(given) is { } session
        && access.Files.Contains(session.By)
        && find(session.By)?.EntryOf(session.User) == session.Entry
            ? WithRole(new(LoginOutcome.Passed, session.User, "logged in"), ManagementRole.View, needed)
            : new(LoginOutcome.Challenge, null, "the session is over");

    private LoginVerdict JudgeToken(LoginSource source, string given, ManagementAccess access, ManagementRole needed)
    {
        ManagementToken? held = null;
        LoginVerdict verdict = JudgeToken(
            source,
            ManagementTokens,
            () =>
            {
                // All of them, whichever it is: the time tells nothing.
                foreach (ManagementToken token in access.Tokens)
                {
                    held = token.Matches(given) ? token : held;
                }

                return held is null ? null : $"token {held.Name}";
            }
        );
        return held is null ? verdict : WithRole(verdict, held.Role, needed);
    }

    private static bool IsCrossSite(LoginRequest request) =>
        CrossSiteGate.Decide(request.SecFetchSite, request.Origin, request.Scheme, request.Host, request.HasCookie)
        == CrossSiteDecision.CrossSite;

    private LoginVerdict JudgeToken(LoginSource source, string name, Func<string?> holder)
    {
        LoginLimiter.LoginAttempt attempt = limiter.Begin(source, name, known.Contains(source));
        if (attempt.RetryAfter is { } retryAfter)
        {
            return new(LoginOutcome.TooMany, null, "too many failed log-ins", retryAfter);
        }

        if (holder() is not { } user)
        {
            return new(LoginOutcome.Challenge, null, "wrong token");
        }

        attempt.GiveBack();
        known.Remember(source);
        return new(LoginOutcome.Passed, user, "logged in");
    }

    private async ValueTask<(LoginVerdict Verdict, PasswordFile? By)> JudgePasswordAsync(
        LoginSource source,
        IReadOnlyList<PasswordFile> lists,
        BasicCredentials credentials,
        CancellationToken ct
    )
    {
        bool isKnown = known.Contains(source);
        LoginLimiter.LoginAttempt attempt = limiter.Begin(source, credentials.User, isKnown);
        if (attempt.RetryAfter is { } retryAfter)
        {
            return (new(LoginOutcome.TooMany, credentials.User, "too many failed log-ins", retryAfter), null);
        }

        (PasswordCheck check, PasswordFile? by, bool isGuess) = await VerifyAsync(
            source,
            isKnown,
            lists,
            credentials,
            ct
        );
        if (!isGuess)
        {
            attempt.GiveBack();
        }

        if (check == PasswordCheck.Right)
        {
            known.Remember(source);
        }

        LoginVerdict verdict = check switch
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
        return (verdict, by);
    }

    // One list after the other, until one has the user with this password. A guess at one that is good counts, also where another one
    // cannot be used.
    private static async ValueTask<(PasswordCheck Check, PasswordFile? By, bool IsGuess)> VerifyAsync(
        LoginSource source,
        bool isKnown,
        IReadOnlyList<PasswordFile> lists,
        BasicCredentials credentials,
        CancellationToken ct
    )
    {
        PasswordCheck outcome = PasswordCheck.Wrong;
        bool isGuess = false;
        foreach (PasswordFile users in lists)
        {
            PasswordCheck check = await users.VerifyAsync(credentials.User, credentials.Password, source, isKnown, ct);
            if (check == PasswordCheck.Right)
            {
                return (check, users, false);
            }

            isGuess |= check == PasswordCheck.Wrong;
            outcome = check == PasswordCheck.Wrong ? outcome : check;
        }

        return (outcome, null, isGuess);
    }
}
