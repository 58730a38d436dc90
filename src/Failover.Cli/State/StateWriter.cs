namespace Failover;

/// <summary>Stores what waits, and says how that goes. One thread at a time uses it.</summary>
internal sealed class StateWriter(string path, OpenState state, StateHistory history, Action<string> warn)
{
    private const int MostUnpruned = 1000;

    private volatile string? problem;
    private bool isLossKnown = state.State.Loss is not null;
    private int unpruned;
    private int dropped;

    /// <summary>Why the newest attempt failed, in one line; null when it did not.</summary>
    public string? Problem => problem;

    /// <summary>Whether the history has grown by enough to look after it.</summary>
    public bool IsPruneDue => unpruned >= MostUnpruned;

    /// <summary>Called before each transaction; for tests, which throw or block here as a disk does.</summary>
    public Action? Storing { get; init; }

    /// <summary>Stores writes, all at once; if that fails, one by one, so that none suffers for another one. Without any, it
    /// finds out whether storing works.</summary>
    /// <returns>Those that are to be tried again, as one; null where there are none.</returns>
    public PendingWrite? Store(List<PendingWrite> group)
    {
        if (TryStore(PendingWrite.Together(group), out StateStoreException? fault))
        {
            group.ForEach(write => write.Succeed());
            return null;
        }

        PendingWrite? kept = null;
        foreach (PendingWrite write in group)
        {
            // Nothing overtakes a write that has to last.
            if (kept is null && group.Count > 1 && TryStore(write.Changes, out fault))
            {
                write.Succeed();
            }
            else if (write.MayFail)
            {
                write.Fail(fault!);
            }
            else if (kept is null)
            {
                kept = write;
            }
            else
            {
                kept.Take(write);
            }
        }

        return kept;
    }

    /// <summary>Forgets some of the history that is too old or too much.</summary>
    /// <returns>Whether there may be more of it.</returns>
    public bool Prune(DateTimeOffset now)
    {
        unpruned = 0;
        try
        {
            return history.Prune(now);
        }
        catch (SqliteFault fault)
        {
            // Not at once again: it may be that only this fails.
            Failed(fault);
            return false;
        }
    }

    /// <summary>Leaves one file where it can.</summary>
    public void Close()
    {
        try
        {
            state.File.Checkpoint();
        }
        catch (SqliteFault)
        {
            // The log stays beside the file, and the next start reads it. That the disk fails was said before.
            state.File.MayCheckpoint(atClose: false);
        }

        state.Dispose();
    }

    private bool TryStore(StateChanges changes, out StateStoreException? fault)
    {
        try
        {
            Storing?.Invoke();
            state.Rows.Store(changes);
        }
        // Whatever it is: the thread goes on, and a write that has to last is not lost.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            fault = Failed(exception);
            return false;
        }

        fault = null;
        unpruned += changes.Transitions.Count + changes.Posts.Count;
        dropped += changes.Dropped;
        Succeeded();
        return true;
    }

    private StateStoreException Failed(Exception exception)
    {
        string was = problem ?? "";
        problem =
            $"state file {path}: {exception.Message}: until it can be written, what happens would not survive a restart";
        if (was.Length == 0)
        {
            warn(problem);
        }

        return new(problem, exception);
    }

    private void Succeeded()
    {
        if (isLossKnown)
        {
            isLossKnown = !state.Lost.TryForget();
        }

        if (problem is null)
        {
            return;
        }

        problem = null;
        string lost = dropped > 0 ? $"; {dropped} lines of the history did not fit into memory and are lost" : "";
        warn($"state file {path}: stored again, all that waited{lost}");
        dropped = 0;
    }
}
