using System.Collections.Immutable;

namespace Failover.Simulation;

/// <summary>What must hold, whatever happens: the invariants of docs/reliability.md, watched from outside the machine.</summary>
internal sealed class Invariants
{
    private readonly World world;
    private readonly Sides sides = new();
    private readonly LatchInvariants latches;
    private readonly EvidenceInvariants evidence;
    private readonly FreshnessInvariants freshness;
    private readonly AnswerInvariants answers;
    private readonly ServedErrors errors;
    private readonly ContinuityInvariants continuity;
    private readonly LogicInvariants logic;
    private readonly GuardInvariants guards;
    private readonly HeartbeatInvariants heartbeats;
    private readonly OverrideInvariants overrides;
    private readonly NotificationInvariants notifications;

    public Invariants(World world)
    {
        this.world = world;
        latches = new(world, sides);
        evidence = new(world, sides);
        freshness = new(world, sides, evidence);
        answers = new(world);
        errors = new(world);
        continuity = new(world, errors);
        logic = new(world);
        guards = new(world);
        heartbeats = new(world);
        overrides = new(world);
        notifications = new(world);
    }

    public void Before(SimulationEvent step)
    {
        continuity.Before();
        guards.Before();
        errors.Before();
        evidence.RememberHysteresis();
    }

    public void After(SimulationEvent step)
    {
        Always();
        guards.After();
        logic.After();
        notifications.After();
    }

    /// <summary>What holds at every moment.</summary>
    public void Always()
    {
        latches.Always();
        evidence.HysteresisFlipsWithEvidence();
        freshness.Always();
        answers.Always();
        errors.Always();
        guards.Always();
        heartbeats.Always();
        overrides.Always();
    }

    /// <inheritdoc cref="NotificationInvariants.Delivered"/>
    public void Delivered(ImmutableArray<StoredDelivery> deliveries) => notifications.Delivered(deliveries);

    /// <inheritdoc cref="HeartbeatInvariants.Beaten"/>
    public void Beaten(string name, HealthState state) => heartbeats.Beaten(name, state);

    public void Published(ServedComponent component, Snapshot snapshot)
    {
        errors.Published(component, snapshot.WithoutOverride);
        answers.Published(component, snapshot);
        guards.Published(component, snapshot.WithoutOverride);
    }

    public void Asked(object ticket, ServedComponent component) => answers.Asked(ticket, component);

    public void Answered(object ticket, Snapshot answer) => answers.Answered(ticket, answer);

    /// <inheritdoc cref="LatchInvariants.Posted"/>
    public void Posted(object operation, string user, ServedComponent component) =>
        latches.Posted(operation, user, component);

    /// <inheritdoc cref="LatchInvariants.ForgetAsked"/>
    public void ForgetAsked(object operation, PostAudit audit) => latches.ForgetAsked(operation, audit);

    public void OverrideAsked(object operation, ServedComponent component, OverrideRequest request) =>
        overrides.Asked(operation, component, request);

    public void ClearAsked(object operation, PostAudit audit) => overrides.ClearAsked(operation, audit);

    /// <inheritdoc cref="OverrideInvariants.EpochRead"/>
    public void EpochRead(string name, string epoch) => overrides.EpochRead(name, epoch);

    public void Replied(object operation, OperationOutcome outcome)
    {
        if (!overrides.TryReply(operation, outcome))
        {
            latches.Replied(operation, outcome);
        }
    }

    /// <summary>The store has stored a proposal.</summary>
    public void Committed(StateProposal proposal)
    {
        if (proposal.Overrides.IsEmpty && proposal.ForgottenOverrides.IsEmpty)
        {
            latches.Committed(proposal);
        }
        else
        {
            overrides.Committed(proposal);
        }
    }

    public void Probed(MachineAction.Probe probe) => evidence.Probed(probe);

    public void Seen(SimulatedCheck check, Observation observation, Instant started)
    {
        evidence.Seen(check, observation, started);
        logic.Seen(check, observation, started);
    }

    /// <summary>Something is to be stored.</summary>
    public void HandedOver(MachineAction action)
    {
        latches.FollowRenewedLatches();
        overrides.HandedOver(action);
        guards.HandedOver(action);
    }

    public void Paused(Instant from, Instant to)
    {
        evidence.Paused(from, to);
        heartbeats.Paused(from, to);
        overrides.Paused(to);
    }

    public void Died(Crash died)
    {
        latches.Died(died);
        overrides.Died(died);
        evidence.Died();
        answers.Died();
        errors.Died();
        guards.Died();
        continuity.Died(died);
        notifications.Died(died);
    }

    /// <inheritdoc cref="ContinuityInvariants.Started"/>
    public void Started(bool isYoung)
    {
        sides.Clear();
        latches.FollowRenewedLatches();
        overrides.Started();
        freshness.Started();
        heartbeats.Started();
        continuity.Started(isYoung);
    }

    /// <summary>From now on all targets are up, the disk is quick and the configuration stays.</summary>
    public void FaultsStopped() => freshness.FaultsStopped();

    /// <inheritdoc cref="ContinuityInvariants.Rejected"/>
    public void Rejected() => continuity.Rejected();

    /// <inheritdoc cref="ContinuityInvariants.Reloaded"/>
    public void Reloaded()
    {
        sides.Clear();
        answers.Reloaded();
        logic.Reloaded();
        guards.Reloaded();
        errors.Reloaded();
        heartbeats.Reloaded();
        foreach (ServedComponent component in world.Machine.Components)
        {
            freshness.Reloaded(component);
        }

        continuity.Reloaded();
    }

    /// <summary>Long after the faults have stopped, with all targets up and every latch reset that can be.</summary>
    public void Converged()
    {
        foreach (ServedComponent component in world.Machine.Components)
        {
            // A POST may reach one oneshot and not another: what only the other resets stays, as `check` warns.
            bool isStuck = component.Latches.Any(latch => latch.IsAuthorised || NeedsFire(latch));
            bool isFlapping = sides
                .SettingSide(component)
                .Any(node => node.State is Flapping.History { IsFlapping: true });
            if (
                !isStuck
                && !isFlapping
                && SimpleJudgement.WithAllUp(component.Root.Vertex.Task) is { } expected
                && world.Beneath(component) is var served
                && served.State != expected
            )
            {
                throw new InvariantViolation(
                    "convergence",
                    $"/{component.Name} is served {served.State} ({served.Reason}) although all targets are up"
                );
            }

            bool canReset =
                component.Description.OnPost is not null
                && component.Latches.Any(latch => latch is { IsAuthorised: true, Node: null });
            if (canReset)
            {
                throw new InvariantViolation("convergence", $"/{component.Name} cannot be reset");
            }

            if (component.Tickets.Count > 0)
            {
                throw new InvariantViolation("answers", $"/{component.Name} leaves requests without an answer");
            }
        }

        latches.Converged();
    }

    private static bool NeedsFire(Latch latch) =>
        latch.Node is { } toggle
        && SimpleJudgement.WithAllUp(toggle.Child(toggle.Combinator!.LatchSides!.Value.ReleasedBy).Vertex.Task)
            != HealthState.Ok;
}
