using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>What every POST goes through, whatever it does: its body, its log-in, and the answer.</summary>
internal static class PostRequest
{
    /// <summary>The longest body, in bytes.</summary>
    public const int LongestBody = 4096;

    private const string Post = "POST";

    /// <summary>Answers a request for a path at which nothing can be read.</summary>
    /// <param name="http">The request.</param>
    /// <param name="service">What it is to.</param>
    /// <param name="find">Finds what the POST would do; null where nothing.</param>
    public static Task HandleWithoutReadingAsync(HttpContext http, HealthService service, Func<PostTarget?> find)
    {
        if (find() is null)
        {
            return Answer.NotFound.WriteAsync(http);
        }

        // Methods are case-sensitive (RFC 9110, 9.1).
        if (http.Request.Method is not Post)
        {
            http.Response.Headers.Allow = Post;
            return Answer.MethodNotAllowed.WriteAsync(http);
        }

        return HandleAsync(http, service, find);
    }

    /// <summary>Answers a POST: first whether it may, then what comes of it.</summary>
    /// <param name="http">The request.</param>
    /// <param name="service">What it is to.</param>
    /// <param name="find">Finds what the POST would do, as it is in force at the time; null where nothing.</param>
    public static Task HandleAsync(HttpContext http, HealthService service, Func<PostTarget?> find) =>
        HandleAsync(http, service, find, (answered, result) => result.Answer.WriteAsync(answered));

    /// <summary>Answers a request that changes something, in a form of its own.</summary>
    /// <param name="http">The request.</param>
    /// <param name="service">What it is to.</param>
    /// <param name="find">As above.</param>
    /// <param name="write">Writes the answer, a refusal as well.</param>
    public static async Task HandleAsync(
        HttpContext http,
        HealthService service,
        Func<PostTarget?> find,
        Func<HttpContext, PostResult, Task> write
    )
    {
        (byte[]? body, Answer? refusal) = await TryReadBodyAsync(http);
        if (body is null)
        {
            // Half a request changes nothing, and what follows on that connection may be its other half.
            http.Response.Headers.Connection = "close";
            await write(http, new(refusal!));
            return;
        }

        // Not before: a body can take its time, and a reload may revoke what this request would have been allowed.
        if (find() is not { } target)
        {
            await write(http, new(Answer.NotFound));
            return;
        }

        RequestSource source = RequestSource.Of(http, service.TrustedProxies);
        LoginVerdict verdict = await target.Judge(LoginOf(http, source), http.RequestAborted);
        PostAudit audit = new(target.Subject, verdict.User, source.Text, verdict.Reason);
        PostResult result =
            verdict.Outcome == LoginOutcome.Passed
                ? await target.Act(body, audit)
                : new PostResult(RefusalOf(verdict.Outcome))
                {
                    // The others say it by themselves, and which of user and password is wrong concerns nobody.
                    Reason = verdict.Outcome == LoginOutcome.WrongRole ? verdict.Reason : null,
                };
        if (!result.IsNoted)
        {
            service.Note(audit, verdict.Outcome, result.Answer.Text);
        }

        AddHeaders(http, verdict, target.Challenges);
        await write(http, result);
    }

    /// <summary>What the gate judges of a request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="isChange">Whether it may change something.</param>
    /// <param name="forwardedUser">Who has logged in at a trusted proxy; null: nobody.</param>
    public static LoginRequest LoginOf(
        HttpContext http,
        RequestSource source,
        bool isChange = true,
        string? forwardedUser = null
    ) =>
        new()
        {
            Source = source.Address,
            Scheme = source.Scheme,
            Host = source.Host,
            Authorization = http.Request.Headers.Authorization,
            SecFetchSite = http.Request.Headers["Sec-Fetch-Site"],
            Origin = http.Request.Headers.Origin,
            HasCookie = http.Request.Headers.Cookie.Count > 0,
            IsChange = isChange,
            ForwardedUser = forwardedUser,
        };

    /// <summary>How one that may not is answered.</summary>
    public static Answer RefusalOf(LoginOutcome outcome) =>
        outcome switch
        {
            LoginOutcome.CrossSite => Answer.CrossSite,
            LoginOutcome.Challenge => Answer.Unauthorized,
            LoginOutcome.WrongRole => Answer.WrongRole,
            LoginOutcome.TooMany => Answer.TooManyLogins,
            LoginOutcome.Unavailable => Answer.Unavailable,
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "not a refusal"),
        };

    /// <summary>Adds how one can log in, and when it is worth trying again.</summary>
    public static void AddHeaders(HttpContext http, LoginVerdict verdict, string[] challenges)
    {
        if (verdict.Outcome == LoginOutcome.Challenge)
        {
            http.Response.Headers.WWWAuthenticate = challenges;
        }

        if (verdict.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
    }

    // One that is malformed, too long or says its length twice is refused.
    private static async Task<(byte[]? Body, Answer? Refusal)> TryReadBodyAsync(HttpContext http)
    {
        IHeaderDictionary headers = http.Request.Headers;
        if (
            headers.TransferEncoding.Count > 0
            && (headers.ContentLength is not null || headers.ContainsKey("X-Content-Length"))
        )
        {
            return (null, Answer.BadRequest);
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LongestBody;
        }

        try
        {
            // The limit of the web server is of what arrives, if it is there: what an application's middleware decompresses may be longer.
            byte[] body = new byte[LongestBody + 1];
            int length = await http.Request.Body.ReadAtLeastAsync(
                body,
                body.Length,
                throwOnEndOfStream: false,
                http.RequestAborted
            );
            return length > LongestBody ? (null, Answer.TooLarge) : (body[..length], null);
        }
        catch (BadHttpRequestException exception)
        {
            return exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? (null, Answer.TooLarge)
                : (null, Answer.BadRequest);
        }
    }
}
