namespace Failover.Simulation;

/// <summary>The faults that the simulation has to find.</summary>
internal static class Mutants
{
    private const string Machine = "Machine/HealthMachine.";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "a release is applied before its commit",
            $"{Machine}Proposals.cs",
            "timers.Set(proposal.Deadline, MachineTimer.ProposalTimeout, proposal);",
            "timers.Set(proposal.Deadline, MachineTimer.ProposalTimeout, proposal); foreach ((Latch one, string _) in proposal.Ends) { EndLatch(one); }",
            IsStatement: true
        ),
        new(
            "a release that was withdrawn and commits late ends the latch",
            $"{Machine}Proposals.cs",
            "result.Outcome == CommitOutcome.Committed && !proposal.IsWithdrawn",
            "result.Outcome == CommitOutcome.Committed"
        ),
        new(
            "what is committed after it was given up is not latched again",
            $"{Machine}Proposals.cs",
            "outcome != CommitOutcome.Refused",
            "false"
        ),
        new(
            "a latch that stands again keeps its identity",
            $"{Machine}Proposals.cs",
            "latch.Renew(NextIdentity());",
            "latch.Renew(latch.Id.ToString());",
            IsStatement: true
        ),
        new(
            "an agreeing observation does not reset the run",
            "Combinators/Hysteresis.cs",
            "seen.State == state.State",
            "seen.State == state.State && state.Contrary.Count == 0"
        ),
        new(
            "one observation less flips",
            "Model/Threshold.cs",
            "streak.Count >= Observations",
            "streak.Count + 1 >= Observations"
        ),
        new(
            "a timed run goes on over a pause",
            "Combinators/Hysteresis.cs",
            "threshold.IsTimed ? Streak.Empty : judged.Contrary",
            "judged.Contrary"
        ),
        new(
            "a reload does not carry over what was served",
            $"{Machine}Serving.cs",
            "CarryOver(component, DefiniteOf(component));",
            "CarryOver(component, null);",
            IsStatement: true
        ),
        new(
            "a run goes on where the task below has changed",
            $"{Machine}Replacing.cs",
            "node.Vertex.Children.All(plan.IsUnchanged)",
            "true"
        ),
        new(
            "a latch without a toggle is forgotten at the start",
            $"{Machine}Loading.cs",
            "row.State == HealthState.Fail && row.IsAuthorised != false",
            "row.State == HealthState.Ok && row.IsAuthorised != false"
        ),
        new(
            "an edit that leaves a latch without effect lets its component go",
            "Machine/ServedComponent.cs",
            "Root.Latched == HealthState.Fail || HeldBy.Length > 0",
            "Root.Latched == HealthState.Fail"
        ),
        new(
            "a move to fail waits for the store for ever",
            $"{Machine}Publishing.cs",
            "hold.Until <= now",
            "hold.Until < new Instant(TimeSpan.Zero)"
        ),
        new(
            "two evaluations of a node overlap",
            $"{Machine}Evaluation.cs",
            "node.Evaluation is not null",
            "node.Evaluation is not null && node.Combinator is not null"
        ),
        new(
            "an ok that is too old is served",
            $"{Machine}EffectiveState.cs",
            "ReferenceEquals(read, judged) ? judged.FreshUntil : Instant.Never",
            "Instant.Never"
        ),
        new("a state is held for ever", "Machine/ErrorHandling.cs", "error.ErrorSince + HoldsFor", "Instant.Never"),
        new("each error begins the time of a hold anew", $"{Machine}EffectiveState.cs", "published.IsError", "false"),
        new(
            "a request is not answered",
            "Machine/ServedComponent.cs",
            "tickets is { Count: > 0 }",
            "tickets is { Count: > 1 }"
        ),
        new(
            "a request waits for as long as a task hangs",
            $"{Machine}Publishing.cs",
            "component.Root.Evaluation is null || component.IsOverdue",
            "component.Root.Evaluation is null"
        ),
        new("one fail suffices to fail", "Combinators/Kleene.cs", "fail >= NeededToFail", "fail > 0"),
        new("one ok less suffices", "Combinators/Kleene.cs", "ok >= Needed", "ok + 1 >= Needed"),
        new(
            "a latch below a not counts as it does above",
            "Combinators/Not.cs",
            "below[0] is { } latched ? Opposite(latched) : null",
            "below[0]"
        ),
        new(
            "a fail that waits for what it depends on passes at once",
            "Combinators/Depends.cs",
            "on.AllEndedSince < waiting.Started",
            "on.AllEndedSince < new Instant(TimeSpan.Zero)"
        ),
        new(
            "a fail that has left the window counts",
            "Combinators/Within.cs",
            "fail.Number > state.Count - count",
            "fail.Number >= state.Count - count"
        ),
        new(
            "what has settled after flapping is not shown",
            "Combinators/Flapping.cs",
            "isFlapping ? state.State ?? seen.State : seen.State",
            "state.State ?? seen.State"
        ),
        new(
            "a deadline is waited for in vain",
            $"{Machine}Limits.cs",
            "node.Evaluation!.Started + limit",
            "node.Evaluation!.Started + (1000 * limit)"
        ),
        new(
            "a cached result is used for ever",
            "Combinators/Cache.cs",
            "now <= ((Newest)state).Until",
            "((Newest)state).Until is not null"
        ),
        new(
            "the interval of a target that is down stays in force",
            "Combinators/Background.cs",
            "((Newest)state).Result is { State: HealthState.Fail, IsEvidence: true }",
            "((Newest)state).Result.IsEvidence"
        ),
        new(
            "a beat is good for two periods",
            "Combinators/HeartbeatCheck.cs",
            "new Waiting(beat, now, now + Every + Grace) { HasBeat = true }",
            "new Waiting(beat, now, now + Every + Every + Grace) { HasBeat = true }"
        ),
        new(
            "a heartbeat in the place of another task does not keep what was served",
            $"{Machine}CarryingOver.cs",
            "!isProbed && component.Root.Shown.ReadAt(now).State == carried.Snapshot.State",
            "!isProbed"
        ),
        new(
            "a guard delays no move to fail",
            $"{Machine}Guards.cs",
            "component.Guard is { HoldsUntil: not null }",
            "component.Guard is { HoldsUntil: not null, MostFailing: < 0 }"
        ),
        new(
            "toggles latch although their guard delays",
            $"{Machine}Guards.cs",
            "isLatchingHeld || !toggle.Combinator.IsLatch(step.State)",
            "guard.Members.Count > 0 || isLatchingHeld || !toggle.Combinator.IsLatch(step.State)"
        ),
        new(
            "a guard delays for ever",
            "Machine/GuardGroup.cs",
            "IsReleased ? null : TrippedSince + Guard.MaxDelay",
            "TrippedSince + Guard.MaxDelay + Guard.MaxDelay"
        ),
        new(
            "after a loss nothing is latched",
            $"{Machine}Loading.cs",
            "RecreateLostLatches($\"state unknown: {loss}\");",
            ";",
            IsStatement: true
        ),
        new(
            "a new state file is written without latches",
            $"{Machine}Persistence.cs",
            "latches.Select(latch => latch.Stored(HealthState.Fail, latch.Reason, latch.Since))",
            "latches.Where(latch => !latch.IsAuthorised).Select(latch => latch.Stored(HealthState.Fail, latch.Reason, latch.Since))"
        ),
        new(
            "an override is in force before its commit",
            $"{Machine}Proposals.cs",
            "ProposeIfStored(proposal);",
            "ProposeIfStored(proposal); if (proposal.Overriding is { Set: { } early }) { InForce(early); }",
            IsStatement: true
        ),
        new(
            "an override does not yield to a later latch",
            "Machine/Override.cs",
            "component.Latches.Any(latch => latch.Number > NewestLatch)",
            "component.Latches.Any(latch => latch.Number < 0)"
        ),
        new(
            "an ok hides a latch without the right",
            "Machine/Override.cs",
            "State == HealthState.Ok && !MayHideLatch",
            "State == HealthState.Error"
        ),
        new(
            "the end of an override is not stored",
            $"{Machine}Overrides.cs",
            "forgottenOverrides.Add(ended.Id);",
            ";",
            IsStatement: true
        ),
        new(
            "an override that is committed after it was given up stays stored",
            $"{Machine}Proposals.cs",
            "Restore(overriding);",
            ";",
            IsStatement: true
        ),
        new(
            "how long an override lasts is not noted while it is in force",
            $"{Machine}Overrides.cs",
            "overrides.Keys",
            "Array.Empty<string>()"
        ),
        new(
            "a restart prolongs an override",
            $"{Machine}Overrides.cs",
            "row.Lasts - AliveInterval",
            "row.Lasts + AliveInterval"
        ),
        new(
            "an override does not expire",
            $"{Machine}Overrides.cs",
            "due.Until < now",
            "due.Until < new Instant(TimeSpan.Zero)"
        ),
        new(
            "what an override serves is stored as what was judged",
            $"{Machine}Publishing.cs",
            "PersistDefinite(component, snapshot.WithoutOverride, isNewToPollers);",
            "PersistDefinite(component, snapshot, isNewToPollers);",
            IsStatement: true
        ),
        new(
            "what was decided by an earlier state is done",
            $"{Machine}Epochs.cs",
            "epoch is not null && epoch != EpochOf(name)",
            "epoch is not null && epoch.Length == 0"
        ),
        new(
            "a latch is forgotten that a POST could end",
            $"{Machine}Fires.cs",
            "!CanBeReset(latch)",
            "latch.IsAuthorised"
        ),
        new(
            "what is told is told again after a restart",
            $"{Machine}Alarms.cs",
            "known[alarm.Newest.Component ?? alarm.Subject] = alarm;",
            ";",
            IsStatement: true
        ),
        new(
            "that something is over is stored and not told",
            $"{Machine}Alarms.cs",
            "alarmed.Add(one);",
            ";",
            IsStatement: true
        ),
        new(
            "what is wrong is not stored as told",
            $"{Machine}Alarms.cs",
            "alarmWrites[alarm.Subject] = alarm;",
            ";",
            IsStatement: true
        ),
        new(
            "what is removed is wrong for ever",
            $"{Machine}Serving.cs",
            "TellOfRemoved(component);",
            ";",
            IsStatement: true
        ),
    ];
}
