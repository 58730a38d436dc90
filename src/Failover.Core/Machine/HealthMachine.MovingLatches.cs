namespace Failover;

// Latches outlive the descriptions of their toggles.
internal sealed partial class HealthMachine
{
    // A latch stays with its toggle; one whose toggle is gone stays with its components, until a toggle comes that it fits.
    private void MoveLatches(Graph to)
    {
        foreach (Latch latch in latches.Where(latch => latch.Node is { IsRetired: true }).ToArray())
        {
            latch.AdoptableKind = latch.Node!.Vertex.Task.KindName;
            latch.AdoptableFingerprint = latch.Node.Vertex.Fingerprint;
            latch.Node = null;
            if (!latch.IsAuthorised)
            {
                Forget(latch);
                forgottenLatches.Add(latch.Key);
            }
        }

        Latch[] stranded = [.. latches.Where(latch => latch.Node is null)];
        if (stranded.Length > 0)
        {
            Adopt([.. stranded.Select(latch => new PreviousItem<Latch>(latch.Place, latch.AdoptableKind, latch))], to);
        }

        StoreDisplacedLatchesSeparately();
        foreach (Latch latch in latches)
        {
            if (latch.Node is { } toggle)
            {
                latch.Serve(ComponentsAbove(toggle));
                Attach(latch, toggle);
            }

            if (latch.Pending is null)
            {
                Rewrite(latch, HealthState.Fail);
            }
        }
    }

    // A latch without a toggle keeps its key in the store. A latch of the toggle that has that path now gets a key of its own: else it would
    // take the place of the first in the store, and a restart would know only one of them.
    private void StoreDisplacedLatchesSeparately()
    {
        HashSet<string> taken = new(
            latches.Where(latch => latch.Node is null).Select(latch => latch.Key),
            StringComparer.Ordinal
        );
        foreach (Latch latch in latches.Where(latch => latch.Node is not null && taken.Contains(latch.Key)))
        {
            latch.StoreSeparately();
        }
    }

    private void Adopt(PreviousItem<Latch>[] stranded, Graph to)
    {
        Matching<Latch> matches = Matching<Latch>.Of(to, stranded, latch => latch.AdoptableFingerprint);
        foreach (Vertex vertex in to.Vertices)
        {
            if (matches[vertex] is { Value: var latch })
            {
                Adopt(latch, vertex.Node);
            }
        }
    }

    private void Adopt(Latch latch, Node toggle)
    {
        if (toggle.Latch is not null || toggle.Combinator is not { LatchSides: not null } combinator)
        {
            return;
        }

        toggle.State = combinator.RestoreAt(PersistedState.Of(HealthState.Fail, latch.Reason), TimeSpan.Zero, now);
        Attach(latch, toggle);
        RecordMove(toggle, latch.Place);
        int side = combinator.LatchSides!.Value.ReleasedBy;
        Restart(toggle, toggle.Child(side), HealthState.Fail);
        ShowWithoutEvidence(toggle);
    }

    // Every toggle at fail is a latch.
    private void LatchFailedToggles()
    {
        foreach (Vertex vertex in graph.Vertices)
        {
            if (IsStarted && vertex.Node.Latch is null && vertex.Combinator?.IsLatch(vertex.Node.State) == true)
            {
                BeginLatch(vertex.Node);
            }
        }
    }
}
