using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers a request for <c>/-/guards/NAME</c>: a POST there ends the delay of a guard that is tripped.</summary>
internal sealed class GuardEndpoint(HealthService service)
{
    /// <summary>The path that NAME is below, without its leading slash.</summary>
    public const string Root = "-/guards/";

    private const string Post = "POST";

    /// <summary>Answers.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">The name of the guard, decoded.</param>
    public async Task HandleAsync(HttpContext http, string name)
    {
        if (service.FindGuard(name) is not { Auth: { } users })
        {
            await Answer.NotFound.WriteAsync(http);
            return;
        }

        // Methods are case-sensitive (RFC 9110, 9.1).
        if (http.Request.Method is not Post)
        {
            http.Response.Headers.Allow = Post;
            await Answer.MethodNotAllowed.WriteAsync(http);
            return;
        }

        // It says nothing in its body; what a form or a tool may send along is ignored.
        if (await PostRequest.ReadBodyAsync(http) is null)
        {
            return;
        }

        RequestSource source = RequestSource.Of(http, service.TrustedProxies);
        LoginVerdict verdict = await service.JudgeLoginAsync(
            PostRequest.LoginOf(http, source),
            users,
            http.RequestAborted
        );
        PostAudit audit = new(Root + name, verdict.User, source.Text, verdict.Reason);
        Answer answer =
            verdict.Outcome != LoginOutcome.Passed ? PostRequest.RefusalOf(verdict.Outcome)
            : service.Engine.ReleaseGuard(name) ? Answer.Released
            : Answer.NothingToRelease;
        service.Note(audit, verdict.Outcome, answer.Text);
        await PostRequest.WriteAsync(http, answer, verdict, LoginGate.Challenge);
    }
}
