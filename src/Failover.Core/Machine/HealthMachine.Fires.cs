using System.Collections.Immutable;

namespace Failover;

// POSTs to components: which latches they end, and which latches only an operator can end.
internal sealed partial class HealthMachine
{
    /// <summary>An authorised POST to a component. <see cref="MachineAction.Reply"/> gives the outcome.</summary>
    /// <param name="ticket">Who asks.</param>
    /// <param name="component">The component.</param>
    /// <param name="audit">For the audit.</param>
    /// <param name="at">The time.</param>
    /// <param name="wallClock">The wall clock, for display.</param>
    /// <param name="epoch">What the person saw, see <see cref="EpochOf"/>: a fire that was meant for one failure ends no later one. Null: whatever
    /// it is.</param>
    public void Fire(
        object ticket,
        ServedComponent component,
        PostAudit? audit,
        Instant at,
        DateTimeOffset wallClock,
        string? epoch = null
    )
    {
        Begin(at, wallClock);
        if (IsOutdated(epoch, component.Name))
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.Outdated));
            return;
        }

        if (TargetOf(component) is not { } oneshot)
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.NothingToReset));
            return;
        }

        (ImmutableArray<Latch> targets, ImmutableArray<Latch> stranded) = LatchesFor(component, oneshot);
        bool isPending =
            targets.Concat(stranded).Any(latch => latch.Pending is not null)
            || proposals.Values.Any(pending => !pending.IsWithdrawn && pending.Arms?.Oneshot == oneshot);
        if (isPending || (targets.IsEmpty && stranded.IsEmpty))
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.NothingToReset));
            return;
        }

        HashSet<Node> released = ReleasedBy(targets, oneshot, component.Name);
        Latch[] ended = [.. targets.Where(latch => released.Contains(latch.Node!)).Union(stranded)];
        if (ended.Length == 0 && targets.FirstOrDefault(latch => IsHeldBelow(latch.Node!, released)) is { } held)
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.HeldBelow, HoldingBelow(held.Node!)));
            return;
        }

        Propose(
            new(NextIdentity(), now + ProposalTimeout)
            {
                Ticket = ticket,
                Audit = audit,
                Ends = [.. ended.Select(latch => (latch, latch.Id))],
                Arms = ended.Length == 0 ? (oneshot, component.Name) : null,
            }
        );
        Settle();
    }

    /// <summary>Ends the latches of a component that no POST could end, be it one of another component.
    /// <see cref="MachineAction.Reply"/> gives the outcome.</summary>
    /// <param name="ticket">Who asks.</param>
    /// <param name="name">The component.</param>
    /// <param name="epoch">As for <see cref="Fire"/>.</param>
    /// <param name="audit">For the audit.</param>
    /// <param name="at">The time.</param>
    /// <param name="wallClock">The wall clock, for display.</param>
    public void Forget(object ticket, string name, string? epoch, PostAudit audit, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        if (IsOutdated(epoch, name))
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.Outdated));
            return;
        }

        Latch[] stranded = [.. LatchesOf(name).Where(latch => !CanBeReset(latch))];
        if (stranded.Length == 0 || stranded.Any(latch => latch.Pending is not null))
        {
            Do(new MachineAction.Reply(ticket, OperationOutcome.NothingToReset));
            return;
        }

        Propose(
            new(NextIdentity(), now + ProposalTimeout)
            {
                Ticket = ticket,
                Audit = audit,
                Ends = [.. stranded.Select(latch => (latch, latch.Id))],
                Forgets = true,
            }
        );
        Settle();
    }

    private Node? TargetOf(ServedComponent component) =>
        !component.IsRetired
        && component.Description.OnPost is { } action
        && graph.TryFind(action.Target, out Vertex? target)
        && target.Combinator?.AfterFire(component.Name, now) is not null
            ? target.Node
            : null;

    // Those that the oneshot would end, and those that no description offers a way out for any longer: the POST of the component
    // ends them, too. For the first, a fire may be on its way already.
    private (ImmutableArray<Latch> Targets, ImmutableArray<Latch> Stranded) LatchesFor(
        ServedComponent component,
        Node oneshot
    )
    {
        ImmutableArray<Latch> stranded = [.. component.Latches.Where(latch => IsStranded(component, latch))];
        if (oneshot.Combinator!.PendingFireIn(oneshot.State, now) is not null)
        {
            return ([], stranded);
        }

        ImmutableArray<Latch> targets =
        [
            .. component
                .Latches.Where(latch =>
                    latch.Node is { } toggle
                    && !stranded.Contains(latch)
                    && Active(ReleasingSide(toggle)).Contains(oneshot)
                )
                .OrderBy(latch => latch.Node!.Vertex.Order),
        ];
        return (targets, stranded);
    }

    // Whether the description of a component offers no way out of it.
    private static bool IsStranded(ServedComponent component, Latch latch) =>
        latch.IsAuthorised
        && (
            latch.Node is not { } toggle
            || !ReleasingSide(toggle).Vertex.Task.OkSources.HasFlag(OkSources.Fire)
            || !ComponentsAbove(toggle).Contains(component.Name, StringComparer.Ordinal)
        );

    // Whether the POST of any component would end it: by its oneshot, or because its own description offers no way out.
    private bool CanBeReset(Latch latch) =>
        !latch.IsAuthorised
        || latch.Components.Any(name =>
            components.TryGetValue(name, out ServedComponent? component)
            && TargetOf(component) is { } oneshot
            && (
                IsStranded(component, latch)
                || (latch.Node is { } toggle && AllBelow(ReleasingSide(toggle)).Contains(oneshot))
            )
        );

    private static Node ReleasingSide(Node toggle) => toggle.Child(toggle.Combinator!.LatchSides!.Value.ReleasedBy);

    // The toggles that a fire would release at once, the innermost first: none below which a latch would remain.
    private HashSet<Node> ReleasedBy(ImmutableArray<Latch> targets, Node oneshot, string component)
    {
        HashSet<Node> released = [];
        foreach (Latch latch in targets)
        {
            if (ReadFired(latch.Node!, oneshot, component, released)?.State == HealthState.Ok)
            {
                released.Add(latch.Node!);
            }
        }

        return released;
    }

    // Whether a latch that sets it would remain when those have ended.
    private static bool IsHeldBelow(Node toggle, HashSet<Node> ended) =>
        LatchedWithout(toggle.Child(toggle.Combinator!.LatchSides!.Value.SetBy), ended) == HealthState.Fail;

    private static string HoldingBelow(Node toggle)
    {
        Node setBy = toggle.Child(toggle.Combinator!.LatchSides!.Value.SetBy);
        return Active(setBy).FirstOrDefault(node => node.Latch is not null)?.Vertex.Key ?? "";
    }

    // What a node would show if a oneshot below it were fired; null where that takes a probe.
    private Observation? ReadFired(Node node, Node oneshot, string component, HashSet<Node> ended)
    {
        if (node.Combinator is not { } combinator)
        {
            return null;
        }

        if (node == oneshot)
        {
            return Stamp(combinator.Judge(combinator.AfterFire(component, now)!, [], now).Observation);
        }

        if (node.IsEvaluatedInBackground && !Active(node).Contains(oneshot))
        {
            return node.Shown.ReadAt(now);
        }

        Observation?[] seen = new Observation?[node.Vertex.Children.Length];
        for (int i = 0; i < seen.Length; i++)
        {
            if (
                node.Evaluates(i)
                && (seen[i] = ReadFired(node.Child(i), oneshot, component, ended)) is null
                // Logic may be decided by the others.
                && !combinator.PassesFirstStates
            )
            {
                return null;
            }
        }

        Observation shown = Stamp(
            node.Latch is not null && IsHeldBelow(node, ended)
                ? combinator.Hold(node.State, seen, now)
                : combinator.Judge(node.State, seen, now).Observation
        );
        return seen.Contains(null) && combinator.PassesFirstStates && !shown.IsEvidence ? null : shown;
    }
}
