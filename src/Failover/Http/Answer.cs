using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Failover;

/// <summary>A whole answer: a status and a body of exactly those bytes, made once.</summary>
internal sealed class Answer(int status, string text)
{
    /// <summary>Of every answer that is no document.</summary>
    public const string ContentType = "text/plain; charset=utf-8";

    /// <summary>An answer is true at its moment only.</summary>
    public const string CacheControl = "no-store";

    public const string ContentTypeOptions = "nosniff";
    public const string ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";

    private readonly byte[] body = Encoding.UTF8.GetBytes(text);

    public static Answer Ok { get; } = new(StatusCodes.Status200OK, "OK");
    public static Answer Fail { get; } = new(StatusCodes.Status503ServiceUnavailable, "FAIL");
    public static Answer Error { get; } = new(StatusCodes.Status500InternalServerError, "ERROR");
    public static Answer Armed { get; } = new(StatusCodes.Status200OK, "Armed");
    public static Answer Noted { get; } = new(StatusCodes.Status200OK, "Noted");
    public static Answer Forgotten { get; } = new(StatusCodes.Status200OK, "Forgotten");
    public static Answer Cleared { get; } = new(StatusCodes.Status200OK, "Cleared");
    public static Answer Released { get; } = new(StatusCodes.Status200OK, "Released");
    public static Answer SentAgain { get; } = new(StatusCodes.Status200OK, "Sent again");
    public static Answer LoggedOut { get; } = new(StatusCodes.Status200OK, "Logged out");
    public static Answer LoggedIn { get; } = new(StatusCodes.Status201Created, "Logged in");
    public static Answer BadRequest { get; } = new(StatusCodes.Status400BadRequest, "Bad Request");
    public static Answer Unauthorized { get; } = new(StatusCodes.Status401Unauthorized, "Unauthorized");
    public static Answer CrossSite { get; } = new(StatusCodes.Status403Forbidden, "Cross-site request");
    public static Answer WrongRole { get; } = new(StatusCodes.Status403Forbidden, "Not allowed");
    public static Answer NotFound { get; } = new(StatusCodes.Status404NotFound, "Not Found");
    public static Answer MethodNotAllowed { get; } = new(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed");
    public static Answer NothingToReset { get; } = new(StatusCodes.Status409Conflict, "Nothing to reset");
    public static Answer NothingToResend { get; } = new(StatusCodes.Status409Conflict, "Nothing to send again");
    public static Answer NothingToRelease { get; } = new(StatusCodes.Status409Conflict, "Nothing to release");
    public static Answer NoSession { get; } = new(StatusCodes.Status409Conflict, "No session: accepted: its own token");
    public static Answer NothingToForget { get; } = new(StatusCodes.Status409Conflict, "Nothing to forget");
    public static Answer Outdated { get; } =
        new(
            StatusCodes.Status412PreconditionFailed,
            "The component is no longer as it was: its state, its latch or its override is another one"
        );
    public static Answer TooLarge { get; } = new(StatusCodes.Status413PayloadTooLarge, "Payload Too Large");
    public static Answer PreconditionRequired { get; } =
        new(
            StatusCodes.Status428PreconditionRequired,
            "If-Match is missing; accepted: the etag of the component that this is meant for"
        );
    public static Answer TooManyLogins { get; } = new(StatusCodes.Status429TooManyRequests, "Too many failed log-ins");
    public static Answer NotStored { get; } = new(StatusCodes.Status503ServiceUnavailable, "Could not be stored");
    public static Answer Unavailable { get; } = new(StatusCodes.Status503ServiceUnavailable, "Unavailable");

    /// <summary>Another latch below holds the one that a reset would end.</summary>
    /// <param name="latch">Its position.</param>
    public static Answer HeldBelow(string latch) =>
        new(StatusCodes.Status409Conflict, $"Held by the latch at {Printable.Escape(latch)}: reset that first");

    /// <summary>What a request says is not understood.</summary>
    /// <param name="flaw">What was got, and what is accepted.</param>
    public static Answer Flawed(string flaw) => new(StatusCodes.Status400BadRequest, flaw);

    /// <summary>Too many ask for the same.</summary>
    /// <param name="why">In a sentence.</param>
    public static Answer Busy(string why) => new(StatusCodes.Status503ServiceUnavailable, why);

    /// <summary>It does not fit what is in force.</summary>
    /// <param name="why">In a sentence.</param>
    public static Answer Conflict(string why) => new(StatusCodes.Status409Conflict, why);

    /// <summary>It takes another right than the one that was shown.</summary>
    /// <param name="why">Which.</param>
    public static Answer Forbidden(string why) => new(StatusCodes.Status403Forbidden, why);

    public static Answer Of(HealthState state) =>
        state switch
        {
            HealthState.Ok => Ok,
            HealthState.Fail => Fail,
            HealthState.Error => Error,
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "no such state"),
        };

    public string Text => text;

    public int Status => status;

    /// <summary>Status and reason, as the first line has them.</summary>
    public string StatusLine => $"{status} {ReasonPhrases.GetReasonPhrase(status)}";

    /// <summary>Whether a POST with this answer has done what it was for.</summary>
    public static bool IsDone(string text) =>
        text == Armed.Text
        || text == Noted.Text
        || text == Released.Text
        || text == SentAgain.Text
        || text == Forgotten.Text
        || text == Cleared.Text
        || text == LoggedIn.Text
        || text == LoggedOut.Text;

    /// <summary>Writes the head, and the body unless the request is a HEAD.</summary>
    public Task WriteAsync(HttpContext http) => WriteAsync(http, status, ContentType, body);

    /// <summary>Writes the head of an answer whose body is empty.</summary>
    public Task WriteWithoutBodyAsync(HttpContext http) => WriteAsync(http, status, ContentType, default);

    /// <summary>Writes an answer that was made for this request.</summary>
    public static Task WriteAsync(HttpContext http, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        HttpResponse response = http.Response;
        response.StatusCode = status;
        response.ContentLength = body.Length;
        AddHeaders(response, contentType);
        return http.Request.Method is "HEAD" ? Task.CompletedTask : response.Body.WriteAsync(body).AsTask();
    }

    /// <summary>Adds what every answer says of itself: what it is, that nobody keeps it, and that no page may use it as something
    /// else.</summary>
    public static void AddHeaders(HttpResponse response, string contentType)
    {
        response.ContentType = contentType;
        response.Headers.CacheControl = CacheControl;
        response.Headers.XContentTypeOptions = ContentTypeOptions;
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
    }
}
