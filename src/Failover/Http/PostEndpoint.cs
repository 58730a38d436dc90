using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>Answers a POST: first whether it may be, then what comes of it.</summary>
internal sealed class PostEndpoint(HealthService service)
{
    /// <summary>A reset says nothing in its body; what a form or a tool may send along is read and ignored up to this many bytes.</summary>
    public const int LongestBody = 4096;

    public async Task HandleAsync(HttpContext http, Component component, PostAction action)
    {
        if (await RefuseBodyAsync(http) is { } refusal)
        {
            http.Response.Headers.Connection = "close";
            await refusal.WriteAsync(http);
            return;
        }

        RequestSource source = RequestSource.Of(http, service.TrustedProxies);
        LoginVerdict verdict = await service.JudgeLoginAsync(Describe(http, source), action, http.RequestAborted);
        PostAudit audit = new(component.Name, verdict.User, source.Text, verdict.Reason);
        Answer answer = verdict.Outcome switch
        {
            LoginOutcome.Passed => await FireAsync(component, audit with { Outcome = Answer.Armed.Text }),
            LoginOutcome.CrossSite => Answer.CrossSite,
            LoginOutcome.Challenge => Answer.Unauthorized,
            LoginOutcome.TooMany => Answer.TooManyLogins,
            LoginOutcome.Unavailable => Answer.Unavailable,
            _ => throw new InvalidOperationException($"no such outcome: {verdict.Outcome}"),
        };
        Note(audit, verdict.Outcome, answer);
        if (verdict.Outcome == LoginOutcome.Challenge)
        {
            http.Response.Headers.WWWAuthenticate = LoginGate.Challenge;
        }

        if (verdict.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        await answer.WriteAsync(http);
    }

    private async Task<Answer> FireAsync(Component component, PostAudit audit)
    {
        FireResult result = await service.Engine.FireAsync(component, audit);
        return result.Outcome switch
        {
            FireOutcome.Armed => Answer.Armed,
            FireOutcome.NothingToReset => Answer.NothingToReset,
            FireOutcome.HeldBelow => Answer.HeldBelow(result.Detail),
            FireOutcome.NotStored => Answer.NotStored,
            _ => throw new InvalidOperationException($"no such outcome: {result.Outcome}"),
        };
    }

    // What was armed is in the audit already, stored with the fire itself. Those who are turned away unheard are in the log
    // only: their number is for strangers to choose.
    private void Note(PostAudit audit, LoginOutcome outcome, Answer answer)
    {
        PostAudit noted = outcome == LoginOutcome.Passed ? audit with { Outcome = answer.Text } : audit;
        if (answer == Answer.Armed || outcome is LoginOutcome.TooMany or LoginOutcome.CrossSite || audit.User is null)
        {
            service.Engine.Publish(noted);
        }
        else
        {
            service.Engine.Note(noted);
        }
    }

    // A body that is malformed, too long or says its length twice ends here: nothing is fired by half a request.
    private static async Task<Answer?> RefuseBodyAsync(HttpContext http)
    {
        IHeaderDictionary headers = http.Request.Headers;
        if (
            headers.TransferEncoding.Count > 0
            && (headers.ContentLength is not null || headers.ContainsKey("X-Content-Length"))
        )
        {
            return Answer.BadRequest;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LongestBody;
        }

        try
        {
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            return null;
        }
        catch (BadHttpRequestException exception)
        {
            return exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? Answer.TooLarge : Answer.BadRequest;
        }
    }

    private static LoginRequest Describe(HttpContext http, RequestSource source) =>
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
}
