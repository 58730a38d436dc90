namespace Failover;

/// <summary>Stores pending writes in the state file, and reports the outcome. One thread at a time uses it.</summary>
/// <param name="opener">What opened the file.</param>
/// <param name="place">The file.</param>
/// <param name="isLossKnown">Whether a loss is remembered that nothing was stored after.</param>
/// <param name="warn">Takes lines for the log.</param>
internal sealed class StateWriter(StateFile opener, StatePlace place, bool isLossKnown, Action<string> warn)
{
    private const int MostUnpruned = 1000;

    // In seconds: a disk that is slow for a moment is not reported.
    private const int MostFailedCheckpoints = 10;

    private static readonly StateChanges Nothing = new();

    private volatile string? problem;
    private bool isLossKnown = isLossKnown;
    private bool isInLogAlone;
    private int unpruned;
    private int dropped;
    private int failedCheckpoints;

    /// <summary>Why the newest attempt failed, or why nothing can be stored, in one line; null when all is well.</summary>
    public string? Problem => place.Problem ?? problem;

    /// <summary>Whether only a write of the whole state can be stored.</summary>
    public bool IsAwaitingWhole => place.IsAwaitingWhole;

    /// <summary>Whether the history has grown by enough to prune it.</summary>
    public bool IsPruneDue => unpruned >= MostUnpruned;

    /// <summary>Called before each transaction; for tests, which throw or block here as a disk does.</summary>
    public Action? Storing { get; init; }

    /// <summary>Called before each checkpoint while the file is open; for tests, as above.</summary>
    public Action? Checkpointing { get; init; }

    /// <summary>Whether there is a file at the path, and storing works as far as is known.</summary>
    /// <param name="isIdle">Whether nothing waits: then a problem ends here.</param>
    public bool IsReady(bool isIdle)
    {
        if (!place.Check())
        {
            return false;
        }

        if (problem is null)
        {
            return true;
        }

        // Tried without the pending writes, which continue to be joined as long as nothing can be stored.
        if (!Try(() => place.Open.Rows.Store(Nothing), out _))
        {
            return false;
        }

        if (isIdle && !IsAwaitingWhole)
        {
            Succeeded();
        }

        return true;
    }

    /// <summary>Stores a write, which is to be tried again where that fails.</summary>
    public bool TryStore(PendingWrite write)
    {
        StateChanges changes = write.Changes;
        if (!Try(() => place.Open.Rows.Store(changes), out _))
        {
            return false;
        }

        isInLogAlone = true;
        unpruned += changes.Transitions.Count + changes.Posts.Count;
        dropped += changes.Dropped;
        Succeeded();
        write.Succeed(place.Open.Rows.Revision);
        return true;
    }

    /// <summary>Commits a proposal, or refuses it.</summary>
    /// <returns>Whether storing works.</returns>
    public bool TryCommit(PendingProposal proposal)
    {
        string? conflict = null;
        bool isStored = Try(() => conflict = place.Open.Rows.Commit(proposal.Proposal), out bool isUnknown);
        if (conflict is not null)
        {
            proposal.Refuse(conflict);
            return isStored;
        }

        if (!isStored)
        {
            if (isUnknown)
            {
                proposal.LeaveUnknown(Problem!);
            }
            else
            {
                proposal.Refuse(Problem!);
            }

            return false;
        }

        isInLogAlone = true;
        unpruned += proposal.Proposal.Post is null ? 0 : 1;
        Succeeded();
        proposal.Commit(place.Open.Rows.Revision);
        return true;
    }

    /// <summary>Reads on in a history.</summary>
    /// <returns>Whether there may be more to read.</returns>
    public bool Read(HistoryRead read)
    {
        try
        {
            return read.Step(place.Open.File);
        }
        catch (SqliteFault fault)
        {
            read.Fail(new($"state file {opener.Path} cannot be read: {fault.Message}", fault));
            return false;
        }
    }

    /// <summary>Forgets some of the history that is too old or too much.</summary>
    /// <returns>Whether there may be more of it.</returns>
    public bool Prune(StateHistory history, DateTimeOffset now)
    {
        unpruned = 0;
        try
        {
            bool isMore = history.Prune(place.Open.File, now);
            isInLogAlone = true;
            return place.IsCommitInPlace() && isMore;
        }
        catch (SqliteFault fault)
        {
            // Not at once again: it may be that only this fails.
            Failed(fault);
            return false;
        }
    }

    /// <summary>Moves what was stored since the last time from the log into the file: other processes can read that, and not the
    /// log.</summary>
    public void Checkpoint()
    {
        if (!isInLogAlone)
        {
            return;
        }

        try
        {
            Checkpointing?.Invoke();
            place.Open.File.Checkpoint(keepsLog: true);
            isInLogAlone = false;
            if (failedCheckpoints >= MostFailedCheckpoints)
            {
                warn($"state file {opener.Path}: its log is moved into it again");
            }

            failedCheckpoints = 0;
        }
        catch (SqliteFault fault)
        {
            // All of it is stored in the log. The next second tries again.
            if (++failedCheckpoints == MostFailedCheckpoints)
            {
                warn(
                    $"state file {opener.Path}: {fault.Message}: its log cannot be moved into it: nothing is lost, but the log grows, and other processes read an old state"
                );
            }
        }

        _ = place.IsCommitInPlace();
    }

    /// <summary>Leaves one file where it can.</summary>
    public void Close()
    {
        OpenState open = place.Open;
        try
        {
            // What is at the path is not to be touched where it is another file.
            bool isOurs = place.CheckAtEnd();
            open.File.MayCheckpoint(isOurs);
            if (isOurs)
            {
                open.Rows.MarkClosed();
                open.File.Checkpoint();
            }
        }
        catch (Exception fault) when (fault is SqliteFault or StateCommitUnknown)
        {
            // The log stays beside the file, and the next start reads it. That the disk fails was said before.
            open.File.MayCheckpoint(atClose: false);
        }

        open.Dispose();
        opener.Release();
    }

    private bool Try(Action transaction, out bool isUnknown)
    {
        isUnknown = false;
        try
        {
            Storing?.Invoke();
            transaction();
        }
        // Whatever it is: the thread continues, and a write is not lost.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            isUnknown = exception is StateCommitUnknown;
            Failed(exception);
            return false;
        }

        isUnknown = true;
        return place.IsCommitInPlace();
    }

    private void Failed(Exception exception)
    {
        bool isNew = problem is null;
        problem =
            $"state file {opener.Path}: {exception.Message}: until it can be written, what happens would not survive a restart";
        if (isNew)
        {
            warn(problem);
        }
    }

    private void Succeeded()
    {
        bool wasLost = IsAwaitingWhole;
        if (wasLost)
        {
            place.Complete();
        }

        if (isLossKnown || wasLost)
        {
            isLossKnown = !place.Open.Lost.TryForget();
        }

        if (problem is null && !wasLost)
        {
            return;
        }

        problem = null;
        string lost = dropped > 0 ? $"; {dropped} lines of the history did not fit into memory and are lost" : "";
        warn($"state file {opener.Path}: stored again, all that waited{lost}");
        dropped = 0;
    }
}
