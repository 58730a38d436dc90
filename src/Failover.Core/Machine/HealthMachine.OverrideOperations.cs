namespace Failover;

// What people ask for: overrides that are set and cleared, by proposals, as latches are ended.
internal sealed partial class HealthMachine
{
    /// <summary>Has a component serve something else for a limited time. <see cref="MachineAction.Reply"/> gives the outcome.</summary>
    public void SetOverride(
        object ticket,
        ServedComponent component,
        OverrideRequest request,
        Instant at,
        DateTimeOffset wallClock
    )
    {
        Begin(at, wallClock);
        if (RefusalOf(component, request) is var (outcome, detail))
        {
            Do(new MachineAction.Reply(ticket, outcome, detail));
            return;
        }

        Override set = new(
            NextIdentity(),
            component.Name,
            request.Kind,
            request.Kind switch
            {
                OverrideKind.Ok => HealthState.Ok,
                OverrideKind.Fail => HealthState.Fail,
                OverrideKind.Hold => HeldState(component)!.Value,
                _ => throw new ArgumentOutOfRangeException(nameof(request), request.Kind, "no such override"),
            },
            request.Reason,
            request.Audit.User ?? "",
            request.Audit.Source,
            wall,
            Override.NoticeFromOf(now, request.Lasts),
            now + request.Lasts
        )
        {
            MayHideLatch = request is { Kind: OverrideKind.Ok, MayHideLatch: true },
            NewestLatch = lastLatch,
        };
        Propose(
            new(NextIdentity(), now + ProposalTimeout)
            {
                Ticket = ticket,
                Audit = request.Audit,
                Ends = [],
                Overriding = new(component.Name, set, request.Audit.User),
            }
        );
        Settle();
    }

    /// <summary>Ends an override. <see cref="MachineAction.Reply"/> gives the outcome.</summary>
    /// <param name="ticket">Who asks.</param>
    /// <param name="name">The component; it may be served no longer.</param>
    /// <param name="epoch">As in <see cref="OverrideRequest.Epoch"/>.</param>
    /// <param name="audit">For the audit.</param>
    /// <param name="at">The time.</param>
    /// <param name="wallClock">The wall clock, for display.</param>
    public void ClearOverride(
        object ticket,
        string name,
        string? epoch,
        PostAudit audit,
        Instant at,
        DateTimeOffset wallClock
    )
    {
        Begin(at, wallClock);
        if (IsOutdated(epoch, name))
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.Outdated));
            return;
        }

        if (!overrides.ContainsKey(name) || IsOverridePending(name))
        {
            string detail = overrides.ContainsKey(name) ? "its override is being changed" : "no override is in force";
            Do(new MachineAction.Reply(ticket, OperationOutcome.Conflict, detail));
            return;
        }

        Propose(
            new(NextIdentity(), now + ProposalTimeout)
            {
                Ticket = ticket,
                Audit = audit,
                Ends = [],
                Overriding = new(name, Set: null, audit.User),
            }
        );
        Settle();
    }

    private (OperationOutcome Outcome, string Detail)? RefusalOf(ServedComponent component, OverrideRequest request)
    {
        if (component.IsRetired)
        {
            return (OperationOutcome.Conflict, "it is served no longer");
        }

        if (IsOutdated(request.Epoch, component.Name))
        {
            return (OperationOutcome.Outdated, "");
        }

        if (IsOverridePending(component.Name))
        {
            return (OperationOutcome.Conflict, "its override is being changed");
        }

        if (request.Kind == OverrideKind.Hold && HeldState(component) is null)
        {
            return (OperationOutcome.Conflict, "there is no state to hold: nothing has been judged yet");
        }

        return request.Kind == OverrideKind.Ok && component.IsLatched && !request.MayHideLatch
            ? (OperationOutcome.Latched, "")
            : null;
    }

    // An ok that an override serves is not one that may be held without the right to set it.
    private static HealthState? HeldState(ServedComponent component) =>
        component.IsLatched ? HealthState.Fail
        : component.Published.WithoutOverride is { IsGuarded: true } ? HealthState.Ok
        : component.LastDefinite?.State;

    private bool IsOverridePending(string name) =>
        proposals.Values.Any(proposal => !proposal.IsWithdrawn && proposal.Overriding?.Component == name);

    // It is committed.
    private OperationOutcome Apply(OverrideProposal proposal)
    {
        if (proposal.Set is not { } set)
        {
            EndOverride(proposal.Component, OverrideStep.Cleared, proposal.By);
            return OperationOutcome.Done;
        }

        // It yields to a latch that has begun meanwhile, as it would have a moment later.
        if (proposal.HasYielded)
        {
            Restore(proposal);
            return OperationOutcome.Outdated;
        }

        if (overrides.TryGetValue(proposal.Component, out Override? before))
        {
            Tell(before, OverrideStep.Cleared, proposal.By);
        }

        InForce(set);
        Tell(set, OverrideStep.Set, proposal.By);
        return OperationOutcome.Done;
    }
}

/// <summary>An override that is to be set or cleared.</summary>
/// <param name="Component">Whose.</param>
/// <param name="Set">The new one; null: none from then on.</param>
/// <param name="By">Who asks for it.</param>
internal sealed record OverrideProposal(string Component, Override? Set, string? By)
{
    /// <summary>Whether it yields to a latch before it is in force: it never is.</summary>
    public bool HasYielded { get; set; }
}
