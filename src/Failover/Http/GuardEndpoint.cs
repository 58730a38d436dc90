using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers a request for <c>/-/guards/NAME</c>, or for a guard at the management API: a POST there ends its delay.</summary>
internal sealed class GuardEndpoint(HealthService service)
{
    /// <summary>The path that NAME is below, without its leading slash.</summary>
    public const string Root = "-/guards/";

    /// <summary>Answers.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">The name of the guard, decoded.</param>
    public Task HandleAsync(HttpContext http, string name) =>
        PostRequest.HandleWithoutReadingAsync(http, service, () => Find(name));

    /// <summary>Finds what a POST would do; null where nobody can release a guard of that name.</summary>
    // It says nothing in its body; what a form or a tool may send along is ignored.
    public PostTarget? Find(HttpContext http, string name) => Find(name);

    private PostTarget? Find(string name) =>
        service.FindGuard(name) is { Auth: { } users }
            ? new(
                Root + name,
                (login, cancel) => service.JudgeLoginAsync(login, users, cancel),
                (_, _) => new(new PostResult(Release(name))),
                LoginGate.Challenge
            )
            : null;

    private Answer Release(string name) =>
        service.Engine.ReleaseGuard(name) ? Answer.Released : Answer.NothingToRelease;
}
