using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers a request for <c>/-/heartbeat/NAME</c>: a POST there is a beat.</summary>
internal sealed class HeartbeatEndpoint(HealthService service)
{
    /// <summary>The path that NAME is below, without its leading slash.</summary>
    public const string Root = "-/heartbeat/";

    /// <summary>Answers.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">The name of the heartbeat, decoded.</param>
    public Task HandleAsync(HttpContext http, string name) =>
        PostRequest.HandleWithoutReadingAsync(http, service, () => Find(name));

    private PostTarget? Find(string name) =>
        service.FindHeartbeat(name) is { } access
            ? new(
                Root + name,
                (login, cancel) => service.JudgeLoginAsync(login, name, access, cancel),
                (body, audit) => new(Beat(name, body, audit)),
                Challenges(access)
            )
            : null;

    // Jobs report again and again: what is noted is who has changed what is shown.
    private PostResult Beat(string name, byte[] body, PostAudit audit)
    {
        if (!BeatBody.TryParse(body, out Observation beat, out string flaw))
        {
            return new(Answer.Flawed(flaw));
        }

        bool? isChange = service.Engine.Beat(name, beat);
        if (isChange == true)
        {
            service.Engine.Note(audit with { Outcome = Answer.Noted.Text });
        }

        return isChange is null ? new(Answer.NotFound) : new(Answer.Noted, IsNoted: true);
    }

    private static string[] Challenges(HeartbeatAccess access) =>
        (access.Auth, access.Token) switch
        {
            (null, _) => [LoginGate.TokenChallenge],
            (_, null) => [LoginGate.Challenge],
            _ => [LoginGate.Challenge, LoginGate.TokenChallenge],
        };
}
