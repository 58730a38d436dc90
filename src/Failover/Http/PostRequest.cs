using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>What every POST goes through, whatever it does: its body, its log-in, and the answer to one that is refused.</summary>
internal static class PostRequest
{
    /// <summary>The longest body, in bytes.</summary>
    public const int LongestBody = 4096;

    /// <summary>Reads the body. One that is malformed, too long or says its length twice is refused, and so is what follows on that
    /// connection: half a request changes nothing.</summary>
    /// <returns>The body; null where it was refused, which has been answered.</returns>
    public static async Task<byte[]?> ReadBodyAsync(HttpContext http)
    {
        (byte[]? body, Answer? refusal) = await TryReadBodyAsync(http);
        if (refusal is not null)
        {
            http.Response.Headers.Connection = "close";
            await refusal.WriteAsync(http);
        }

        return body;
    }

    /// <summary>What the gate is to judge.</summary>
    public static LoginRequest LoginOf(HttpContext http, RequestSource source) =>
        new()
        {
            Source = source.Address,
            Scheme = source.Scheme,
            Host = source.Host,
            Authorization = http.Request.Headers.Authorization,
            SecFetchSite = http.Request.Headers["Sec-Fetch-Site"],
            Origin = http.Request.Headers.Origin,
            HasCookie = http.Request.Headers.Cookie.Count > 0,
        };

    /// <summary>The answer to one that the gate has not let pass.</summary>
    public static Answer RefusalOf(LoginOutcome outcome) =>
        outcome switch
        {
            LoginOutcome.CrossSite => Answer.CrossSite,
            LoginOutcome.Challenge => Answer.Unauthorized,
            LoginOutcome.TooMany => Answer.TooManyLogins,
            LoginOutcome.Unavailable => Answer.Unavailable,
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "not a refusal"),
        };

    /// <summary>Writes an answer, with what the gate asks for.</summary>
    /// <param name="http">The request.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="verdict">Of the gate.</param>
    /// <param name="challenges">How one can log in.</param>
    public static Task WriteAsync(HttpContext http, Answer answer, LoginVerdict verdict, params string[] challenges)
    {
        if (verdict.Outcome == LoginOutcome.Challenge)
        {
            http.Response.Headers.WWWAuthenticate = challenges;
        }

        if (verdict.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return answer.WriteAsync(http);
    }

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
            using MemoryStream body = new();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            return (body.ToArray(), null);
        }
        catch (BadHttpRequestException exception)
        {
            return exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? (null, Answer.TooLarge)
                : (null, Answer.BadRequest);
        }
    }
}
