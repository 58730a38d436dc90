namespace Failover.Simulation;

/// <summary>An override is served by its component alone, for its time, once it is acknowledged, and hides no latch that it may not.</summary>
internal sealed class OverrideInvariants(World world)
{
    // A process notes once a minute that it lives.
    private static readonly TimeSpan RestartCosts = TimeSpan.FromMinutes(1);

    private readonly LatchAges latches = new(world);
    private readonly Dictionary<object, OverrideOperation> asked = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, OverrideOperation> byUser = new(StringComparer.Ordinal);
    private readonly List<OverrideOperation> certain = [];

    // Components of which what is stored may be something else than what is in force.
    private readonly HashSet<string> unsettled = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Component, string Epoch), string> epochs = [];

    // When what is stored of an override was so.
    private readonly Dictionary<StoredOverride, Instant> noted = new(ReferenceEqualityComparer.Instance);
    private Instant diedAt;
    private Instant pausedUntil = Instant.Never;

    /// <summary>Something was asked for by somebody who had not seen the newest: that is the answer, and nothing else happens.</summary>
    public static void OnlyOutdated(IReadOnlyList<MachineAction> actions)
    {
        if (actions is not [MachineAction.Reply { Outcome: OperationOutcome.Outdated }])
        {
            throw new InvariantViolation(
                "epoch",
                $"what was decided by an earlier state did {string.Join(", ", actions.Select(ActionText.Of))}"
            );
        }
    }

    /// <summary>A person looks at a component: of one epoch, all of what is seen is the same.</summary>
    public void EpochRead(string name, string epoch)
    {
        string all =
            $"{world.Machine.Find(name)?.Published.State} {InForce(name)?.Id} {string.Join(' ', world.Machine.Latches.Where(latch => latch.Components.Contains(name)).Select(latch => latch.Id).Order(StringComparer.Ordinal))}";
        if (!epochs.TryAdd((name, epoch), all) && epochs[(name, epoch)] != all)
        {
            throw new InvariantViolation("epoch", $"/{name} has one epoch for {epochs[(name, epoch)]} and {all}");
        }
    }

    public void Asked(object ticket, ServedComponent component, OverrideRequest request)
    {
        latches.Watch();
        Snapshot beneath = world.Beneath(component);
        Add(
            ticket,
            new(component.Name, request)
            {
                NewestLatch = latches.Newest,
                Process = world.Process,
                State = request.Kind switch
                {
                    OverrideKind.Ok => HealthState.Ok,
                    OverrideKind.Fail => HealthState.Fail,
                    _ when component.IsLatched => HealthState.Fail,
                    _ => beneath.IsError || !beneath.IsKnown ? null : beneath.State,
                },
                Earliest = world.Now + request.Lasts,
                Latest = world.Now + request.Lasts,
            },
            request.Audit
        );
    }

    public void ClearAsked(object ticket, PostAudit audit) =>
        Add(ticket, new(audit.Component, request: null) { Process = world.Process }, audit);

    /// <summary>The store has stored one.</summary>
    public void Committed(StateProposal proposal)
    {
        OverrideOperation operation = byUser[proposal.Post!.User!];
        if (operation.IsCommitted)
        {
            throw new InvariantViolation("override", $"one of /{operation.Component} was stored twice");
        }

        operation.IsCommitted = true;
        operation.Identity = proposal.Overrides.SingleOrDefault()?.Id;
        unsettled.Add(operation.Component);
    }

    /// <returns>Whether it was about an override.</returns>
    public bool TryReply(object ticket, OperationOutcome outcome)
    {
        if (!asked.Remove(ticket, out OverrideOperation? operation))
        {
            return false;
        }

        operation.Outcome = outcome;
        if (outcome != OperationOutcome.Done)
        {
            unsettled.Add(operation.Component);
            return true;
        }

        if (!operation.IsCommitted)
        {
            throw new InvariantViolation(
                "acknowledged",
                $"an override of /{operation.Component} was acknowledged that is not committed"
            );
        }

        foreach (OverrideOperation before in byUser.Values.Where(one => one.Component == operation.Component))
        {
            before.IsOver = before != operation;
            before.IsCertain = false;
        }

        certain.RemoveAll(one => one.Component == operation.Component);
        if (operation.Request is not null)
        {
            operation.IsCertain = true;
            certain.Add(operation);
        }

        return true;
    }

    /// <summary>Something is to be stored: latches have begun, or have other identities.</summary>
    public void HandedOver(MachineAction action)
    {
        latches.Watch();
        foreach (
            StoredOverride row in action switch
            {
                MachineAction.Persist persist => persist.Write.Overrides,
                MachineAction.Propose propose => propose.Proposal.Overrides,
                _ => [],
            }
        )
        {
            noted[row] = world.Now;
        }
    }

    public void Paused(Instant until) => pausedUntil = until;

    public void Died(Crash died)
    {
        foreach (OverrideOperation pending in asked.Values)
        {
            unsettled.Add(pending.Component);
        }

        asked.Clear();
        bool isLost = world.Store.IsLost || died.Remains == Remains.Corrupt;
        foreach (OverrideOperation one in certain.Where(one => isLost || unsettled.Contains(one.Component)))
        {
            one.IsCertain = false;
        }

        certain.RemoveAll(one => !one.IsCertain);
        unsettled.Clear();
        diedAt = world.Now;
        if (world.Store.IsIdle && pausedUntil != world.Now)
        {
            return;
        }

        foreach (StoredOverride row in world.Store.Overrides)
        {
            // While a disk stalls, nothing is noted, nor in a pause.
            TimeSpan unnoted = world.Now - noted[row] - RestartCosts;
            byUser[row.User].Latest += unnoted > TimeSpan.Zero ? unnoted : TimeSpan.Zero;
        }
    }

    public void Started()
    {
        foreach (OverrideOperation one in byUser.Values)
        {
            one.Earliest = world.Now + (one.Earliest - diedAt - RestartCosts);
            one.Latest = world.Now + (one.Latest - diedAt);
        }
    }

    public void Always()
    {
        latches.Watch();
        foreach (Override one in world.Machine.Overrides)
        {
            OverrideOperation operation = OperationOf(one);
            LastsAsLong(one, operation);
            YieldsToLatches(one, operation);
        }

        foreach (ServedComponent component in world.Machine.Components.Where(one => one.Hold is null))
        {
            IsServed(component);
        }

        AreInForce();
        AreStored();
    }

    private void Add(object ticket, OverrideOperation operation, PostAudit audit)
    {
        asked.Add(ticket, operation);
        byUser.Add(audit.User!, operation);
    }

    private Override? InForce(string name) =>
        world.Machine.Overrides.SingleOrDefault(one => one.Component == name && world.Now <= one.Until);

    // Each was set exactly once, and is not there again once it has ended.
    private OverrideOperation OperationOf(Override one)
    {
        if (
            !byUser.TryGetValue(one.User, out OverrideOperation? operation)
            || !operation.IsCommitted
            || operation.Identity != one.Id
            || operation.Component != one.Component
        )
        {
            throw new InvariantViolation("override", $"{one.Id} of /{one.Component} was never set");
        }

        bool isRefused = operation.Process == world.Process && operation.Outcome is not (null or OperationOutcome.Done);
        if (isRefused || operation.IsOver || operation.EndedIn == world.Process)
        {
            throw new InvariantViolation(
                "override",
                $"{one.Id} of /{one.Component} is in force, and was {(isRefused ? "answered " + operation.Outcome : "ended")}"
            );
        }

        return operation;
    }

    private void LastsAsLong(Override one, OverrideOperation operation)
    {
        // One that is committed after its time ends with the timers that are due.
        bool isOver = world.Now > one.Until && !(world.Machine.NextTimer <= world.Now);
        if (isOver || one.Until > operation.Latest || one.Until < operation.Earliest)
        {
            throw new InvariantViolation(
                "override time",
                $"{one.Id} of /{one.Component} ends at {one.Until.SinceStart}, and has to from {operation.Earliest.SinceStart} to {operation.Latest.SinceStart}"
            );
        }
    }

    private void YieldsToLatches(Override one, OverrideOperation operation)
    {
        if (world.Machine.Find(one.Component) is not { IsLatched: true } component || one.Kind == OverrideKind.Fail)
        {
            return;
        }

        if (one.State == HealthState.Ok && operation.Request is not { Kind: OverrideKind.Ok, MayHideLatch: true })
        {
            throw new InvariantViolation("override", $"{one.Id} hides a latch of /{one.Component}, and may not");
        }

        if (component.Latches.FirstOrDefault(latch => latches[latch] > operation.NewestLatch) is { } later)
        {
            throw new InvariantViolation(
                "override",
                $"{one.Id} of /{one.Component} is in force although {later.Id} began after it was asked for"
            );
        }
    }

    private void IsServed(ServedComponent component)
    {
        Snapshot served = world.Served(component);
        if (InForce(component.Name) is not { } one)
        {
            if (served.Overridden is { By: var other })
            {
                throw new InvariantViolation(
                    "override",
                    $"/{component.Name} serves {other.Id}, and it is not in force"
                );
            }

            return;
        }

        OverrideOperation operation = OperationOf(one);
        if (served.Overridden?.By.Id != one.Id || (operation.State is { } state && served.State != state))
        {
            throw new InvariantViolation(
                "override",
                $"/{component.Name} serves {served.State} ({served.Reason}), and {one.Id} has it serve {operation.State}"
            );
        }
    }

    // What was acknowledged, until it ends by itself.
    private void AreInForce()
    {
        foreach (OverrideOperation operation in certain)
        {
            if (world.Machine.Overrides.Any(one => one.Id == operation.Identity))
            {
                continue;
            }

            bool hasExpired = world.Now > operation.Earliest;
            bool hasYielded =
                operation.Request!.Kind != OverrideKind.Fail
                && (
                    latches.NewestOf(operation.Component) > operation.NewestLatch
                    || (
                        operation.Request is not { Kind: OverrideKind.Ok, MayHideLatch: true }
                        && world.Machine.Find(operation.Component) is { IsLatched: true }
                    )
                );
            if (!hasExpired && !hasYielded)
            {
                throw new InvariantViolation(
                    "override",
                    $"{operation.Identity} of /{operation.Component} was acknowledged and is not in force"
                );
            }

            operation.IsCertain = false;
            operation.EndedIn = world.Process;
        }

        certain.RemoveAll(one => !one.IsCertain);
    }

    private void AreStored()
    {
        if (world.Store is not { IsIdle: true, IsLost: false, Disk: Disk.Quick })
        {
            return;
        }

        HashSet<string> inForce = [.. world.Machine.Overrides.Select(one => one.Id)];
        if (!inForce.SetEquals(world.Store.Overrides.Select(one => one.Id)))
        {
            throw new InvariantViolation(
                "override",
                $"{string.Join(", ", inForce)} in force, and {string.Join(", ", world.Store.Overrides.Select(one => one.Id))} stored"
            );
        }

        unsettled.Clear();
        foreach (ServedComponent component in world.Machine.Components.Where(one => one.Hold is null))
        {
            if (
                component.Published
                    is { Overridden.Beneath: { IsKnown: true, IsError: false, Evidence: not 0 } beneath }
                && world.Store.Components.GetValueOrDefault(component.Name)?.State is var stored
                && stored != beneath.State
            )
            {
                throw new InvariantViolation(
                    "override",
                    $"/{component.Name} is judged {beneath.State}, and {stored} is stored"
                );
            }
        }
    }
}
