namespace Failover;

// What each component serves.
internal sealed partial class HealthMachine
{
    /// <summary>The effective state of a component: the one function that computes it.</summary>
    private Snapshot Effective(ServedComponent component)
    {
        Snapshot beneath = Maintained(component, EffectiveWithoutOverride(component));
        return OverrideOf(component) is { } inForce ? beneath.OverriddenBy(inForce) : beneath;
    }

    private Snapshot EffectiveWithoutOverride(ServedComponent component)
    {
        ErrorHandling onError = component.Description.OnError ?? ErrorHandling.None;
        Snapshot known = Known(component);
        if (onError != known.OnError)
        {
            known = known with { OnError = onError };
        }

        return known.State == HealthState.Error
            ? onError.Serve(
                known with
                {
                    ErrorSince = ErrorSince(component.Published.WithoutOverride),
                },
                component.LastDefinite,
                now
            )
            : known;
    }

    private Instant ErrorSince(Snapshot published) =>
        published.IsError ? published.ErrorSince
        // It grew too old before anybody noticed.
        : published.FreshUntil < now ? published.FreshUntil
        : now;

    private Snapshot Known(ServedComponent component)
    {
        Observation judged = component.Root.Shown;
        if (component.IsLatched)
        {
            return new(HealthState.Fail, LatchReason(component), Since: null, Instant.Never)
            {
                IsLatched = true,
                CanReset = CanReset(component),
                Ended = judged.Ended,
                Evidence = judged.Id,
                FirstContrary = judged.FirstContrary,
            };
        }

        return Guarded(component, Judged(component));
    }

    // Without its latches and its guard.
    private Snapshot Judged(ServedComponent component)
    {
        Observation judged = component.Root.Shown;
        // A carried over ok has the same stale bound as an ok without the change.
        if (component.Carried is { Snapshot: var carried } && !(component.IsOverdue && carried.State == HealthState.Ok))
        {
            return (carried with { OnError = ErrorHandling.None }).ReadAt(now) with
            {
                IsCarriedOver = true,
                DelayedFail = null,
                IsLatched = false,
                CanReset = false,
            };
        }

        if (component.IsOverdue)
        {
            string reason = $"no result in {Units.Text(component.OverdueAfter)}: the task hangs";
            return new(HealthState.Error, reason, Since: null, Instant.Never) { Ended = now };
        }

        Observation read = judged.ReadAt(now);
        Snapshot before = component.Published;
        // Since when and its version are as they will be published if it says the same state as before: most do, and are not copied then.
        DateTimeOffset? since = before.IsKnown && before.State == read.State ? before.Since : null;
        Instant freshUntil = ReferenceEquals(read, judged) ? judged.FreshUntil : Instant.Never;
        return new(read.State, read.Reason, since, freshUntil)
        {
            Version = before.Version + 1,
            // A check alone has no first state, nor has logic over such, nor what the first result decides: before it nothing is known.
            IsKnown =
                judged.IsEvidence
                || (component.Root.Vertex.Task.InitialShownState is not null && judged.State != HealthState.Error),
            IsWarning = read.HasWarning,
            PerformanceData = read.PerformanceData,
            Ended = judged.IsEvidence ? judged.Ended : judged.Started,
            Evidence = judged.Id,
            FirstContrary = read.FirstContrary,
        };
    }

    private static string LatchReason(ServedComponent component)
    {
        Latch? latch =
            component.Root.Latched == HealthState.Fail
                ? component.Root.Latch ?? component.Latches.FirstOrDefault(one => one.Node is not null)
                : component.HeldBy.FirstOrDefault();
        return latch switch
        {
            null => "latched",
            { Node: null } => $"latched by a toggle that was removed: {latch.Reason}",
            { IsAuthorised: true } when !ReleasingSide(latch.Node).Vertex.Task.OkSources.HasFlag(OkSources.Fire) =>
                $"latched by a toggle that can no longer be reset: {latch.Reason}",
            _ => $"latched: {latch.Reason}",
        };
    }

    private bool CanReset(ServedComponent component)
    {
        if (TargetOf(component) is not { } oneshot)
        {
            return false;
        }

        var (targets, stranded) = LatchesFor(component, oneshot);
        return (!stranded.IsEmpty || targets.Any(latch => !IsHeldBelow(latch.Node!, ended: [])))
            && targets.Concat(stranded).All(latch => latch.Pending is null);
    }
}
