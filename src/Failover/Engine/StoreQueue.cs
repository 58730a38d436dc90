using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Failover;

/// <summary>Hands what the machine wants stored to the store, in its order, and feeds back what came of it. The store may be code of
/// the user's: it is called without a lock, and whatever it throws is a write that failed.</summary>
/// <param name="store">The store.</param>
/// <param name="stored">Takes the sequence and the revision of a write of latches that is stored.</param>
/// <param name="settled">Takes what became of a proposal.</param>
/// <param name="due">Takes notifications that are to be delivered: once they are stored, and in their order.</param>
/// <param name="time">The clock.</param>
internal sealed class StoreQueue(
    IStateStore store,
    Action<long, long> stored,
    Action<string, CommitResult> settled,
    Action<ImmutableArray<StoredDelivery>> due,
    TimeProvider time
)
{
    // Whoever is to act on a full disk has to hear of it.
    private static readonly TimeSpan LongestWaitForDeliveries = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<MachineAction> waiting = new();
    private Task deliveries = Task.CompletedTask;
    private int isDraining;

    /// <summary>What is pending at the store, and how long that takes.</summary>
    public StoreCounts Counts { get; } = new(time);

    /// <summary>Whether something is still to be handed over.</summary>
    public bool IsEmpty => waiting.IsEmpty && Volatile.Read(ref isDraining) == 0;

    public void Add(MachineAction action) => waiting.Enqueue(action);

    /// <summary>Passes on pending writes, unless another thread does so already.</summary>
    public void Drain()
    {
        while (!waiting.IsEmpty && Interlocked.CompareExchange(ref isDraining, 1, 0) == 0)
        {
            while (waiting.TryDequeue(out MachineAction? action))
            {
                Enqueue(action);
            }

            Volatile.Write(ref isDraining, 0);
        }
    }

    private void Enqueue(MachineAction action)
    {
        switch (action)
        {
            case MachineAction.Persist persist:
                Persist(persist);
                break;
            case MachineAction.Propose propose:
                _ = CommitAsync(propose.Proposal);
                break;
            case MachineAction.Withdraw withdraw:
                Withdraw(withdraw.Operation);
                break;
            default:
                throw new ArgumentException($"{action} is not for the store", nameof(action));
        }
    }

    // Only latches wait to be stored. However long a store stalls, nothing is kept here for other writes, and for these no more than
    // their number.
    private void Persist(MachineAction.Persist persist)
    {
        Task<long> storing;
        try
        {
            storing = store.PersistAsync(persist.Write);
        }
#pragma warning disable CA1031 // It is not reported as stored, which is what a failed write comes to.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            // The store says what is wrong, see IStateStore.Problem.
            storing = Task.FromException<long>(fault);
        }

        // What is stored again, or given up, is known to whoever delivers.
        if (persist.Sequence > 0 && !persist.Write.Deliveries.IsEmpty)
        {
            deliveries = HandOnAsync(deliveries, storing, persist.Write.Deliveries);
        }

        if (!persist.Write.Latches.IsEmpty)
        {
            _ = ReportAsync(persist.Sequence, storing);
        }
    }

    // In the order of the writes, whichever is reported first.
    private async Task HandOnAsync(Task before, Task storing, ImmutableArray<StoredDelivery> stored)
    {
        await storing.WaitAsync(LongestWaitForDeliveries, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await before;
        try
        {
            due(stored);
        }
#pragma warning disable CA1031 // Those that come later are delivered in any case.
        catch (Exception)
#pragma warning restore CA1031
        {
            // These are stored, and delivered after the next start.
        }
    }

    private async Task ReportAsync(long sequence, Task<long> storing)
    {
        long revision;
        long begun = Counts.Begin();
        bool isStored = false;
        try
        {
            revision = await storing;
            isStored = true;
        }
#pragma warning disable CA1031 // As above.
        catch (Exception)
#pragma warning restore CA1031
        {
            return;
        }
        finally
        {
            Counts.End(begun, isStored);
        }

        stored(sequence, revision);
    }

    private async Task CommitAsync(StateProposal proposal)
    {
        CommitResult result;
        long begun = Counts.Begin();
        try
        {
            result = await store.CommitAsync(proposal);
        }
#pragma warning disable CA1031 // A store that throws, against its contract, may have stored it or not.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            result = new(CommitOutcome.Unknown, Problem: exception.GetType().Name);
        }

        Counts.End(begun, result.Outcome == CommitOutcome.Committed);
        settled(proposal.Operation, result);
    }

    private void Withdraw(string operation)
    {
        try
        {
            store.Withdraw(operation);
        }
#pragma warning disable CA1031 // It is withdrawn here in any case.
        catch (Exception)
#pragma warning restore CA1031
        {
            // What becomes of it is reported by its commit.
        }
    }
}
