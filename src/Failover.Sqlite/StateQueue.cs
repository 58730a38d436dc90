namespace Failover;

/// <summary>The pending writes, in the order of the calls. Neighbouring writes are one.</summary>
/// <param name="file">What it is called in messages.</param>
internal sealed class StateQueue(string file)
{
    private const string NotLoaded = "is not loaded";

    private readonly Lock gate = new();
    private readonly List<Pending> waiting = [];
    private PendingProposal? begun;
    private string? closed = NotLoaded;

    public bool IsEmpty
    {
        get
        {
            lock (gate)
            {
                return waiting.Count == 0;
            }
        }
    }

    /// <summary>Takes in what comes from now on, unless it is closed already.</summary>
    public void Open()
    {
        lock (gate)
        {
            closed = closed == NotLoaded ? null : closed;
        }
    }

    /// <summary>Takes in nothing more.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = "is closed";
        }
    }

    /// <returns>Ends when it is stored; fails where the queue is closed.</returns>
    public Task<long> AddAsync(StateWrite write)
    {
        lock (gate)
        {
            if (closed is not null)
            {
                return Task.FromException<long>(new StateStoreException($"{file} {closed}"));
            }

            if (waiting is not [.., PendingWrite last])
            {
                waiting.Add(last = new());
            }

            last.Changes.Add(write);
            return last.Stored;
        }
    }

    /// <returns>What becomes of it; refused where the queue is closed.</returns>
    public Task<CommitResult> AddAsync(StateProposal proposal)
    {
        PendingProposal pending = new(proposal);
        lock (gate)
        {
            if (closed is null)
            {
                waiting.Add(pending);
            }
            else
            {
                pending.Refuse($"{file} {closed}");
            }
        }

        return pending.Outcome;
    }

    /// <summary>Refuses proposals whose commit has not begun.</summary>
    /// <param name="why">Why, in one line.</param>
    /// <param name="operation">The identifier of one; null: all.</param>
    public void Refuse(string why, string? operation = null)
    {
        lock (gate)
        {
            Pending[] all = [.. waiting];
            waiting.Clear();
            foreach (Pending one in all)
            {
                if (
                    one is PendingProposal proposal
                    && (
                        operation is null
                        || string.Equals(proposal.Proposal.Operation, operation, StringComparison.Ordinal)
                    )
                )
                {
                    proposal.Refuse(why);
                }
                else if (one is PendingWrite later && waiting is [.., PendingWrite last])
                {
                    last.Take(later);
                }
                else
                {
                    waiting.Add(one);
                }
            }
        }
    }

    /// <summary>Takes what is first; from then on it has begun.</summary>
    /// <param name="onlyWhole">Nothing but a write of the whole state.</param>
    /// <returns>Null where nothing waits.</returns>
    public Pending? Take(bool onlyWhole)
    {
        lock (gate)
        {
            begun = null;
            if (waiting is not [var first, ..] || (onlyWhole && first is not PendingWrite { Changes.IsWhole: true }))
            {
                return null;
            }

            waiting.RemoveAt(0);
            begun = first as PendingProposal;
            return first;
        }
    }

    /// <summary>Puts a write that could not be stored before all that waits.</summary>
    public void PutBack(PendingWrite write)
    {
        lock (gate)
        {
            if (waiting is [PendingWrite next, ..])
            {
                write.Take(next);
                waiting[0] = write;
            }
            else
            {
                waiting.Insert(0, write);
            }
        }
    }

    /// <summary>Waits no longer for a commit that has begun: what becomes of it is unknown.</summary>
    public void Abandon(string why)
    {
        lock (gate)
        {
            begun?.LeaveUnknown(why);
        }
    }

    /// <summary>Ends all that waits.</summary>
    public void Fail(string why)
    {
        Refuse(why);
        lock (gate)
        {
            waiting.ForEach(one => (one as PendingWrite)?.Fail(new(why)));
            waiting.Clear();
        }
    }
}

/// <summary>Something that waits for its turn to be stored.</summary>
internal abstract class Pending;

/// <summary>One or more writes that wait to be stored as one.</summary>
internal sealed class PendingWrite : Pending
{
    // Who waits for it must not run on the thread that stores.
    private readonly List<TaskCompletionSource<long>> waiting =
    [
        new(TaskCreationOptions.RunContinuationsAsynchronously),
    ];

    public StateChanges Changes { get; } = new();

    /// <summary>Ends, with its revision, when it is stored.</summary>
    public Task<long> Stored => waiting[0].Task;

    /// <summary>Makes a later write a part of this one.</summary>
    public void Take(PendingWrite later)
    {
        Changes.Add(later.Changes);
        waiting.AddRange(later.waiting);
    }

    public void Succeed(long revision) => waiting.ForEach(one => one.TrySetResult(revision));

    public void Fail(StateStoreException fault) => waiting.ForEach(one => one.TrySetException(fault));
}

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
