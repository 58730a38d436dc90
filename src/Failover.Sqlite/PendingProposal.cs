namespace Failover;

/// <summary>A proposal that waits for its commit, or whose commit has begun.</summary>
internal sealed class PendingProposal(StateProposal proposal) : Pending
{
    private readonly TaskCompletionSource<CommitResult> outcome = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    public StateProposal Proposal => proposal;

    public Task<CommitResult> Outcome => outcome.Task;

    public void Commit(long revision) => outcome.TrySetResult(new(CommitOutcome.Committed, revision));

    public void Refuse(string why) => outcome.TrySetResult(new(CommitOutcome.Refused, Problem: why));

    public void LeaveUnknown(string why) => outcome.TrySetResult(new(CommitOutcome.Unknown, Problem: why));
}
