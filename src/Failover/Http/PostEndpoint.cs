using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers a POST to a component: first whether it may be, then what comes of it.</summary>
internal sealed class PostEndpoint(HealthService service)
{
    public async Task HandleAsync(HttpContext http, Component component, PostAction action)
    {
        // A reset says nothing in its body; what a form or a tool may send along is ignored.
        if (await PostRequest.ReadBodyAsync(http) is null)
        {
            return;
        }

        RequestSource source = RequestSource.Of(http, service.TrustedProxies);
        LoginVerdict verdict = await service.JudgeLoginAsync(
            PostRequest.LoginOf(http, source),
            action,
            http.RequestAborted
        );
        PostAudit audit = new(component.Name, verdict.User, source.Text, verdict.Reason);
        Answer answer =
            verdict.Outcome == LoginOutcome.Passed
                ? await FireAsync(component, audit with { Outcome = Answer.Armed.Text })
                : PostRequest.RefusalOf(verdict.Outcome);
        // What was armed is in the audit already, stored with the fire itself.
        if (answer == Answer.Armed)
        {
            service.Engine.Publish(audit with { Outcome = answer.Text });
        }
        else
        {
            service.Note(audit, verdict.Outcome, answer.Text);
        }

        await PostRequest.WriteAsync(http, answer, verdict, LoginGate.Challenge);
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
}
