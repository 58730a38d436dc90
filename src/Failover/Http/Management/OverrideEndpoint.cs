using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Sets and clears overrides, and forgets latches.</summary>
internal sealed class OverrideEndpoint(HealthService service, IManagementSource source)
{
    /// <summary>The longest reason, in characters: a sentence or two.</summary>
    public const int LongestReason = 500;

    private const string AcceptedBody =
        "{\"kind\": \"ok\", \"fail\" or \"hold\", \"reason\": \"…\", \"for_seconds\": 3600}";

    public static ManagementDescription SetDescription { get; } =
        new(
            "Has a component serve ok, fail or the state that it has (hold), for a limited time: an hour unless for_seconds says otherwise.",
            typeof(OverrideDocument)
        )
        {
            Body = typeof(OverrideBody),
        };

    /// <summary>What a PUT would do; null where there is no such component.</summary>
    public ManagementChange? ToSet(HttpContext http, string name) =>
        service.TryFind(name, out Component? component)
            ? new(name, (body, audit) => SetAsync(http, component!, body, audit))
            : null;

    /// <summary>What a DELETE of an override would do. The component may be served no longer.</summary>
    public ManagementChange? ToClear(HttpContext http, string name) =>
        new(name, (_, audit) => ClearAsync(http, name, audit));

    /// <summary>What a DELETE of latches would do. The component may be served no longer.</summary>
    public ManagementChange? ToForget(HttpContext http, string name) =>
        new(name, (_, audit) => ForgetAsync(http, name, audit));

    private async ValueTask<PostResult> SetAsync(HttpContext http, Component component, byte[] body, PostAudit audit)
    {
        if (Read(body, out Wish wish) is { } flaw)
        {
            return new(Answer.Flawed($"{flaw}; accepted: {AcceptedBody}"));
        }

        string kind = Override.KindOption.Text(wish.Kind);
        string outcome = $"override {kind} for {Units.Text(wish.Lasts)}: {source.Redact(wish.Reason)}";
        OverrideRequest request = new(wish.Kind, wish.Reason, wish.Lasts, audit with { Outcome = outcome })
        {
            Epoch = Epoch(http, component.Name),
        };
        OperationResult result = await service.Engine.SetOverrideAsync(component, request);
        if (result.Outcome == OperationOutcome.Latched)
        {
            // Whoever may operate may not thereby undo what takes a password of the component's own.
            if (await RefusalAsync(http, component) is { } refusal)
            {
                return new(refusal);
            }

            result = await service.Engine.SetOverrideAsync(component, request with { MayHideLatch = true });
        }

        return result.Outcome == OperationOutcome.Done
            ? new(Answer.Ok, IsNoted: true) { Document = DocumentOf(component.Name) }
            : new(RefusalOf(result));
    }

    private async ValueTask<PostResult> ClearAsync(HttpContext http, string name, PostAudit audit)
    {
        PostAudit cleared = audit with { Outcome = "override cleared" };
        OperationResult result = await service.Engine.ClearOverrideAsync(name, Epoch(http, name), cleared);
        return result.Outcome == OperationOutcome.Done ? new(Answer.Cleared, IsNoted: true) : new(RefusalOf(result));
    }

    private async ValueTask<PostResult> ForgetAsync(HttpContext http, string name, PostAudit audit)
    {
        PostAudit forgotten = audit with { Outcome = Answer.Forgotten.Text };
        OperationResult result = await service.Engine.ForgetAsync(name, Epoch(http, name), forgotten);
        if (result.Outcome != OperationOutcome.Done)
        {
            return new(RefusalOf(result));
        }

        service.Engine.Publish(forgotten);
        return new(Answer.Forgotten, IsNoted: true);
    }

    private string? Epoch(HttpContext http, string name) =>
        EntityTag.ExpectedIn(http, () => service.Engine.EpochOf(name));

    // The same credentials, judged by those who may reset it.
    private async ValueTask<Answer?> RefusalAsync(HttpContext http, Component component)
    {
        if (component.OnPost is not { } action)
        {
            return Answer.Forbidden(
                "The component is latched and has no auth of its own: an override cannot serve ok over the latch"
            );
        }

        LoginVerdict verdict = await service.JudgeLoginAsync(
            PostRequest.LoginOf(http, RequestSource.Of(http, service.TrustedProxies)),
            action,
            http.RequestAborted
        );
        return verdict.Outcome switch
        {
            LoginOutcome.Passed => null,
            LoginOutcome.Challenge => Answer.Forbidden(
                "The component is latched: serving ok over a latch requires a user who may also reset it"
            ),
            _ => PostRequest.RefusalOf(verdict.Outcome),
        };
    }

    private static Answer RefusalOf(OperationResult result) =>
        result.Outcome switch
        {
            OperationOutcome.Conflict => Answer.Conflict($"Not possible: {result.Detail}"),
            OperationOutcome.Outdated => Answer.Outdated,
            OperationOutcome.NothingToReset => Answer.NothingToForget,
            OperationOutcome.NotStored => Answer.NotStored,
            _ => throw new InvalidOperationException($"no such outcome: {result.Outcome}"),
        };

    private byte[]? DocumentOf(string name) =>
        service.Engine.OverridesNow().FirstOrDefault(one => one.Component == name) is { } set
            ? JsonSerializer.SerializeToUtf8Bytes(
                OverrideDocument.Of(set, service.Engine.Clock, source.Redact),
                ManagementJson.Default.OverrideDocument
            )
            : null;

    /// <returns>What is wrong with the body; null where nothing is.</returns>
    private static string? Read(byte[] body, out Wish wish)
    {
        wish = default;
        OverrideBody? read;
        try
        {
            read = JsonSerializer.Deserialize(body, ManagementJson.Default.OverrideBody);
        }
        catch (JsonException)
        {
            return "the body is not the JSON that is expected";
        }

        if (read?.Kind is null || Override.KindOption.Parse(read.Kind) is not { Value: OverrideKind kind })
        {
            return read?.Kind is { } given ? $"kind is {Printable.Quoted(given)}" : "kind is missing";
        }

        string reason = read.Reason?.Trim() ?? "";
        if (reason.Length is 0 or > LongestReason)
        {
            return reason.Length == 0
                ? "reason is missing"
                : FormattableString.Invariant($"reason is longer than {LongestReason} characters");
        }

        double shortest = DurationOption.Shortest.TotalSeconds;
        double longest = Override.LastsOption.Most.TotalSeconds;
        double seconds = read.ForSeconds ?? Override.LastsOption.Fallback!.Value.TotalSeconds;
        if (!(seconds >= shortest && seconds <= longest))
        {
            return FormattableString.Invariant($"for_seconds is {seconds}, and may be {shortest} to {longest}");
        }

        wish = new(kind, reason, TimeSpan.FromSeconds(seconds));
        return null;
    }

    private readonly record struct Wish(OverrideKind Kind, string Reason, TimeSpan Lasts);
}
