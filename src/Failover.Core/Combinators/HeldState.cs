namespace Failover;

/// <summary>What a combinator shows that may hold another state than its task's.</summary>
internal static class HeldState
{
    /// <summary>What it shows while there is nothing that it could judge.</summary>
    /// <param name="held">The state that it holds; null where it holds none.</param>
    /// <param name="task">Its task.</param>
    /// <param name="seen">What the task shows; null where it was not evaluated.</param>
    public static Observation WithoutEvidence(HealthState? held, HealthTask task, Observation? seen)
    {
        Observation shown = seen ?? Observation.NotEvaluated(task.InitialShownState);
        return shown with
        {
            Id = 0,
            State = held ?? shown.State,
            Reason = shown.IsEvidence ? "restarted" : shown.Reason,
        };
    }

    /// <summary>What it shows instead of an observation. An ok lasts as long as the evidence below.</summary>
    public static Observation Instead(Observation seen, HealthState held, string reason) =>
        seen with
        {
            State = held,
            Reason = reason,
            FreshUntil = held == HealthState.Ok ? Instant.Min(seen.FreshUntil, seen.EvidenceUntil) : seen.FreshUntil,
        };
}
