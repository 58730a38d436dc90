using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers a POST to a component: it fires the POST action.</summary>
internal sealed class PostEndpoint(HealthService service)
{
    /// <summary>Answers.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">The name of the component.</param>
    public Task HandleAsync(HttpContext http, string name) => PostRequest.HandleAsync(http, service, () => Find(name));

    // A reset says nothing in its body; what a form or a tool may send along is ignored.
    private PostTarget? Find(string name) =>
        service.TryFind(name, out Component? component) && component!.OnPost is { } action
            ? new(
                name,
                (login, cancel) => service.JudgeLoginAsync(login, action, cancel),
                (_, audit) => FireAsync(component, audit),
                LoginGate.Challenge
            )
            : null;

    private async ValueTask<PostResult> FireAsync(Component component, PostAudit audit)
    {
        PostAudit armed = audit with { Outcome = Answer.Armed.Text };
        OperationResult result = await service.Engine.FireAsync(component, armed);
        switch (result.Outcome)
        {
            case OperationOutcome.Armed:
                // It is in the audit already, stored with the fire itself.
                service.Engine.Publish(armed);
                return new(Answer.Armed, IsNoted: true);
            case OperationOutcome.NothingToReset:
                return new(Answer.NothingToReset);
            case OperationOutcome.HeldBelow:
                return new(Answer.HeldBelow(result.Detail));
            case OperationOutcome.NotStored:
                return new(Answer.NotStored);
            default:
                throw new InvalidOperationException($"no such outcome: {result.Outcome}");
        }
    }
}
