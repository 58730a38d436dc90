namespace Failover;

/// <summary>What the machine wants done, as data. The shell does it and reports what came of it as an input.</summary>
internal abstract record MachineAction
{
    private MachineAction() { }

    /// <summary>Probe a target; <see cref="HealthMachine.Observed"/> reports the observation.</summary>
    public sealed record Probe(long Id, Check Check, Instant Deadline) : MachineAction;

    /// <summary>The result of a probe no longer matters: it may end.</summary>
    public sealed record Abandon(long Id) : MachineAction;

    /// <summary>Store changes that are already applied, and retry until they are stored; <see cref="HealthMachine.Stored(long, long, Instant, DateTimeOffset)"/> reports that of
    /// one that has latches.</summary>
    public sealed record Persist(long Sequence, StateWrite Write) : MachineAction;

    /// <summary>Commit changes that are not applied yet; <see cref="HealthMachine.Settled"/> reports the outcome.</summary>
    public sealed record Propose(StateProposal Proposal) : MachineAction;

    /// <summary>Take a proposal back, if it has not begun.</summary>
    public sealed record Withdraw(string Operation) : MachineAction;

    /// <summary>Publish what a component serves from now on.</summary>
    public sealed record Publish(ServedComponent Component, Snapshot Snapshot) : MachineAction;

    /// <summary>Answer a request.</summary>
    public sealed record Answer(object Ticket, Snapshot Snapshot) : MachineAction;

    /// <summary>Answer a POST.</summary>
    public sealed record Reply(object Ticket, OperationOutcome Outcome, string Detail = "") : MachineAction;

    /// <summary>Publish an event to its readers.</summary>
    public sealed record Event(HealthEvent Happened) : MachineAction;

    /// <summary>A background turn began so much later than it was due.</summary>
    public sealed record Late(TimeSpan By) : MachineAction;
}
