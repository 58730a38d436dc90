using System.Collections.Immutable;

namespace Failover.Simulation;

/// <summary>A store that keeps what it is told to in the order in which it is told, as well as it may.</summary>
internal sealed class SimulatedStore
{
    private readonly Dictionary<string, StoredNode> nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredComponent> components = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredLatch> latches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredOverride> overrides = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredAlarm> alarms = new(StringComparer.Ordinal);
    private readonly LinkedList<MachineAction> waiting = new();
    private DateTimeOffset? aliveAt;
    private long revision;
    private int unsure;

    public Disk Disk { get; set; }

    /// <summary>Whether the file was lost, and what is in force was not written again.</summary>
    public bool IsLost { get; private set; }

    public string? Loss { get; set; }

    public bool IsIdle => waiting.Count == 0;

    public IEnumerable<StoredLatch> Standing => latches.Values.Where(latch => latch.State == HealthState.Fail);

    public IReadOnlyCollection<StoredOverride> Overrides => overrides.Values;

    public IReadOnlyDictionary<string, StoredComponent> Components => components;

    public IReadOnlyDictionary<string, StoredAlarm> Alarms => alarms;

    /// <summary>Called with each proposal that is stored.</summary>
    public Action<StateProposal>? Committed { get; set; }

    /// <summary>Called with notifications that are stored: whatever becomes of the process, they are delivered.</summary>
    public Action<ImmutableArray<StoredDelivery>>? Delivered { get; set; }

    public StoredState Load() =>
        new()
        {
            Nodes = [.. nodes.Values],
            Components = [.. components.Values],
            Latches = [.. latches.Values],
            Overrides = [.. overrides.Values],
            Alarms = [.. alarms.Values],
            AliveAt = aliveAt,
            Loss = Loss,
        };

    public void Add(MachineAction action)
    {
        if (action is MachineAction.Withdraw withdraw)
        {
            // One that has begun is not taken back: here, the one in front.
            for (LinkedListNode<MachineAction>? at = waiting.First?.Next; at is not null; at = at.Next)
            {
                if (at.Value is MachineAction.Propose propose && propose.Proposal.Operation == withdraw.Operation)
                {
                    at.Value = withdraw;
                }
            }

            return;
        }

        waiting.AddLast(action);
    }

    /// <summary>The process dies: the write in flight is stored, but nobody is told.</summary>
    public void StoreInFlight()
    {
        switch (waiting.First?.Value)
        {
            case MachineAction.Persist persist when Disk != Disk.Full:
                Persist(persist.Write);
                break;
            case MachineAction.Propose propose when Disk != Disk.Full:
                Commit(propose.Proposal);
                break;
            default:
                break;
        }
    }

    /// <summary>The process died: what was not stored never will be.</summary>
    public void Die()
    {
        waiting.Clear();
        IsLost = false;
    }

    public void LoseFile()
    {
        nodes.Clear();
        components.Clear();
        latches.Clear();
        overrides.Clear();
        alarms.Clear();
        aliveAt = null;
        IsLost = true;
    }

    /// <summary>What is read at the start is damaged: it is put aside, and a new file is made.</summary>
    public void Corrupt()
    {
        LoseFile();
        IsLost = false;
        Loss = "the file was corrupt";
    }

    /// <summary>Does what it may by itself.</summary>
    public bool TryWork(HealthMachine machine, Instant now, DateTimeOffset wall)
    {
        if (waiting.First is not { } first)
        {
            return false;
        }

        switch (Disk)
        {
            case Disk.Slow:
                return false;
            case Disk.Full when first.Value is MachineAction.Persist:
                for (LinkedListNode<MachineAction>? at = first; at is not null; at = at.Next)
                {
                    if (at.Value is MachineAction.Propose or MachineAction.Withdraw)
                    {
                        waiting.Remove(at);
                        Refuse(at.Value, machine, now, wall);
                        return true;
                    }
                }

                return false;
            case Disk.Full:
                waiting.RemoveFirst();
                Refuse(first.Value, machine, now, wall);
                return true;
            default:
                Next(machine, now, wall);
                return true;
        }
    }

    /// <summary>Does the next thing, whatever the disk.</summary>
    public void Next(HealthMachine machine, Instant now, DateTimeOffset wall)
    {
        if (waiting.First is not { } first)
        {
            return;
        }

        waiting.RemoveFirst();
        switch (first.Value)
        {
            case MachineAction.Persist persist:
                Persist(persist.Write);
                machine.Stored(persist.Sequence, revision, now, wall);
                break;
            case MachineAction.Propose propose:
                machine.Settled(propose.Proposal.Operation, Commit(propose.Proposal), now, wall);
                break;
            default:
                Refuse(first.Value, machine, now, wall);
                break;
        }
    }

    private static void Refuse(MachineAction action, HealthMachine machine, Instant now, DateTimeOffset wall) =>
        machine.Settled(
            action is MachineAction.Propose propose
                ? propose.Proposal.Operation
                : ((MachineAction.Withdraw)action).Operation,
            new(CommitOutcome.Refused),
            now,
            wall
        );

    private void Persist(StateWrite write)
    {
        revision++;
        if (write.IsWhole)
        {
            nodes.Clear();
            components.Clear();
            latches.Clear();
            overrides.Clear();
            alarms.Clear();
            IsLost = false;
        }

        foreach (string key in write.ForgottenNodes)
        {
            nodes.Remove(key);
        }

        foreach (string name in write.ForgottenComponents)
        {
            components.Remove(name);
        }

        foreach (string key in write.ForgottenLatches)
        {
            latches.Remove(key);
        }

        foreach (StoredNode node in write.Nodes)
        {
            nodes[node.Key] = node;
        }

        foreach (StoredComponent component in write.Components)
        {
            components[component.Name] = component;
        }

        foreach (StoredLatch latch in write.Latches)
        {
            latches[latch.Key] = latch with { Revision = revision };
        }

        ChangeOverrides(write.ForgottenOverrides, write.Overrides);
        foreach (string subject in write.ForgottenAlarms)
        {
            alarms.Remove(subject);
        }

        foreach (StoredAlarm alarm in write.Alarms)
        {
            alarms[alarm.Subject] = alarm;
        }

        Delivered?.Invoke(write.Deliveries);
        aliveAt = write.AliveAt ?? aliveAt;
        Loss = null;
    }

    private CommitResult Commit(StateProposal proposal)
    {
        bool isUnsure = Disk == Disk.Unsure;
        if (IsLost || (isUnsure && ++unsure % 2 == 0))
        {
            return new(IsLost ? CommitOutcome.Refused : CommitOutcome.Unknown);
        }

        bool isOutdated = proposal.Releases.Any(release =>
            latches.GetValueOrDefault(release.After.Key)?.Revision != release.ExpectedRevision
        );
        if (isOutdated)
        {
            return new(CommitOutcome.Refused);
        }

        revision++;
        Committed?.Invoke(proposal);
        foreach (LatchRelease release in proposal.Releases)
        {
            latches[release.After.Key] = release.After with { Revision = revision };
        }

        foreach (StoredNode node in proposal.Nodes)
        {
            nodes[node.Key] = node;
        }

        ChangeOverrides(proposal.ForgottenOverrides, proposal.Overrides);
        return new(isUnsure ? CommitOutcome.Unknown : CommitOutcome.Committed, isUnsure ? 0 : revision);
    }

    private void ChangeOverrides(IEnumerable<string> forgotten, IEnumerable<StoredOverride> set)
    {
        foreach (string id in forgotten)
        {
            overrides.Remove(id);
        }

        foreach (StoredOverride one in set)
        {
            overrides[one.Id] = one;
        }
    }
}
