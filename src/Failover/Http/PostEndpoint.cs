using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers a POST to a component: it fires the POST action.</summary>
internal sealed class PostEndpoint(HealthService service)
{
    /// <summary>Answers.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">The name of the component.</param>
    public Task HandleAsync(HttpContext http, string name) =>
        PostRequest.HandleAsync(http, service, () => Find(http, name));

    /// <summary>Finds what a POST would do; null where the component has no POST action, or where there is none of that name.</summary>
    // A reset says nothing in its body; what a form or a tool may send along is ignored.
    public PostTarget? Find(HttpContext http, string name) =>
        service.TryFind(name, out Component? component) && component!.OnPost is { } action
            ? new(
                name,
                (login, cancel) => service.JudgeLoginAsync(login, action, cancel),
                (_, audit) =>
                    FireAsync(component, audit, EntityTag.ExpectedIn(http, () => service.Engine.EpochOf(name))),
                LoginGate.Challenge
            )
            : null;

    private async ValueTask<PostResult> FireAsync(Component component, PostAudit audit, string? epoch)
    {
        PostAudit armed = audit with { Outcome = Answer.Armed.Text };
        OperationResult result = await service.Engine.FireAsync(component, armed, epoch);
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
            case OperationOutcome.Outdated:
                return new(Answer.Outdated);
            case OperationOutcome.NotStored:
                return new(Answer.NotStored);
            default:
                throw new InvalidOperationException($"no such outcome: {result.Outcome}");
        }
    }
}
