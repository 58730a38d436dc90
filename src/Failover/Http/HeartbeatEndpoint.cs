using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers a request for <c>/-/heartbeat/NAME</c>: a POST there is a beat.</summary>
internal sealed class HeartbeatEndpoint(HealthService service)
{
    /// <summary>The path that NAME is below, without its leading slash.</summary>
    public const string Root = "-/heartbeat/";

    private const string Post = "POST";

    /// <summary>Answers.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">The name of the heartbeat, decoded.</param>
    public Task HandleAsync(HttpContext http, string name)
    {
        if (service.FindHeartbeat(name) is not { } access)
        {
            return Answer.NotFound.WriteAsync(http);
        }

        // Methods are case-sensitive (RFC 9110, 9.1).
        if (http.Request.Method is not Post)
        {
            http.Response.Headers.Allow = Post;
            return Answer.MethodNotAllowed.WriteAsync(http);
        }

        return PostAsync(http, name, access);
    }

    private async Task PostAsync(HttpContext http, string name, HeartbeatAccess access)
    {
        if (await PostRequest.ReadBodyAsync(http) is not { } body)
        {
            return;
        }

        RequestSource source = RequestSource.Of(http, service.TrustedProxies);
        LoginVerdict verdict = await service.JudgeLoginAsync(
            PostRequest.LoginOf(http, source),
            name,
            access,
            http.RequestAborted
        );
        PostAudit audit = new(Root + name, verdict.User, source.Text, verdict.Reason);
        Answer answer =
            verdict.Outcome == LoginOutcome.Passed ? Beat(name, body, audit) : PostRequest.RefusalOf(verdict.Outcome);
        if (answer != Answer.Noted)
        {
            service.Note(audit, verdict.Outcome, answer.Text);
        }

        await PostRequest.WriteAsync(http, answer, verdict, Challenges(access));
    }

    // Jobs report again and again: what is noted is who has changed what is shown.
    private Answer Beat(string name, byte[] body, PostAudit audit)
    {
        if (!BeatBody.TryParse(body, out Observation beat, out string flaw))
        {
            return Answer.BadBeat(flaw);
        }

        bool? isChange = service.Engine.Beat(name, beat);
        if (isChange == true)
        {
            service.Engine.Note(audit with { Outcome = Answer.Noted.Text });
        }

        return isChange is null ? Answer.NotFound : Answer.Noted;
    }

    private static string[] Challenges(HeartbeatAccess access) =>
        (access.Auth, access.Token) switch
        {
            (null, _) => [LoginGate.TokenChallenge],
            (_, null) => [LoginGate.Challenge],
            _ => [LoginGate.Challenge, LoginGate.TokenChallenge],
        };
}
