namespace Failover.Simulation;

/// <summary>What the machine wants done, as traces tell it.</summary>
internal static class ActionText
{
    /// <summary>One line; null for what traces leave out.</summary>
    public static string? Of(MachineAction action) =>
        action switch
        {
            MachineAction.Probe probe => $"probe {((SimulatedCheck)probe.Check).Target}",
            MachineAction.Publish publish =>
                $"publish /{publish.Component.Name} {publish.Snapshot.State.Word()}{(publish.Snapshot.IsLatched ? ", latched" : "")}{(publish.Snapshot.IsCarriedOver ? ", carried over" : "")}: {publish.Snapshot.Reason}",
            MachineAction.Answer answer => $"answer {answer.Snapshot.State.Word()}",
            MachineAction.Reply reply => $"reply {reply.Outcome}",
            // What is nothing but notifications decides nothing.
            MachineAction.Persist { Write: var write }
                when write with { Alarms = [], Deliveries = [] } is { IsEmpty: true } => null,
            MachineAction.Persist persist => $"persist {Summary(persist.Write)}",
            MachineAction.Propose { Proposal: { Overrides: [var one] } } =>
                $"propose override of /{one.Component} {one.State.Word()} ({one.Id})",
            MachineAction.Propose { Proposal: { ForgottenOverrides: [var ended] } } =>
                $"propose to end override {ended}",
            MachineAction.Event { Happened: OverrideChange { Step: not OverrideStep.Set } change } =>
                $"override of /{change.Override.Component} {StepText(change.Step)} ({change.Override.Id})",
            MachineAction.Propose propose =>
                $"propose to end {string.Join(", ", propose.Proposal.Releases.Select(one => $"{one.After.Key} ({one.After.Id})"))}{string.Join(", ", propose.Proposal.Nodes.Select(node => $" {node.Key} {node.State}"))}",
            MachineAction.Withdraw => "withdraw",
            MachineAction.Abandon => "abandon",
            _ => null,
        };

    private static string StepText(OverrideStep step) =>
        step switch
        {
            OverrideStep.Cleared => "cleared",
            OverrideStep.ExpiresSoon => "expires soon",
            OverrideStep.Expired => "expired",
            OverrideStep.EndedByLatch => "ended by a latch",
            _ => "set",
        };

    private static string Summary(StateWrite write) =>
        string.Join(
            ", ",
            [
                .. write.Latches.Select(latch => $"latch {latch.Key} {latch.State.Word()} ({latch.Id})"),
                .. write.ForgottenLatches.Select(key => $"forget latch {key}"),
                .. write.Overrides.Select(one => $"override of /{one.Component} {one.State.Word()} ({one.Id})"),
                .. write.ForgottenOverrides.Select(id => $"forget override {id}"),
                .. write.Nodes.Select(node => $"{node.Key} {node.State}"),
                .. write.Components.Select(component => $"/{component.Name} {component.State.Word()}"),
            ]
        );
}
