namespace Failover;

// The start: nodes and latches are restored from the store.
internal sealed partial class HealthMachine
{
    /// <summary>Starts with the stored state. Called once, after the components have been added.</summary>
    public void Load(StoredState stored, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        isInstalling = true;
        GroupByGuard();
        bool isYoung = stored.AliveAt is { } alive && wall - alive <= stateMaxAge;
        ResumeComponents(stored, isYoung);
        HashSet<Node> standing = [];
        List<Node> fresh = ResumeNodes(stored, isYoung, standing);
        IsStarted = true;
        ResumeAlarms(stored);
        ResumeOverrides(stored);
        ResumeLatches(stored, isYoung);
        ResumeMaintenance(stored, isYoung);
        HashSet<Latch> resumed = [.. latches];
        if (stored.Loss is { } loss)
        {
            RecreateLostLatches($"state unknown: {loss}");
        }

        RestartActiveChildren(fresh, standing);
        LatchFailedToggles();
        RecomputeLatched();
        foreach (Vertex vertex in graph.Vertices)
        {
            ShowWithoutEvidence(vertex.Node);
        }

        Dictionary<string, StoredComponent> rows = stored.Components.ToDictionary(
            row => row.Name,
            StringComparer.Ordinal
        );
        foreach (ServedComponent component in components.Values)
        {
            RestoreHeldBy(component, rows.GetValueOrDefault(component.Name), resumed);
            AwaitChecks(component);
            MarkChanged(component);
        }

        foreach (Vertex vertex in graph.Vertices)
        {
            if (vertex.Combinator?.Turns is not null)
            {
                ScheduleTurnSoon(vertex.Node);
            }
        }

        NoteAlive();
        Settle();
        isInstalling = false;
        TrimBuffers();
    }

    // What held it holds it. Where its latches made it fail and do so no longer, or where that is not known, they hold it now.
    private static void RestoreHeldBy(ServedComponent component, StoredComponent? row, HashSet<Latch> resumed)
    {
        if (component.Latches.IsEmpty)
        {
            return;
        }

        bool isUnlatched = component.Root.Latched != HealthState.Fail;
        HashSet<Node> setting = NodesThatSetLatches(component);
        HoldBy(
            component,
            component.Latches.Where(latch =>
                latch.IsAuthorised
                && resumed.Contains(latch)
                && (
                    row is null
                        ? latch.Node is null || isUnlatched
                        : row.HeldBy.Contains(latch.Id, StringComparer.Ordinal)
                            || (row.IsLatched && (isUnlatched || latch.Node is null || !setting.Contains(latch.Node)))
                )
            )
        );
    }

    private void ResumeComponents(StoredState stored, bool isYoung)
    {
        foreach (StoredComponent row in stored.Components)
        {
            if (!components.TryGetValue(row.Name, out ServedComponent? component))
            {
                forgottenComponents.Add(row.Name);
                continue;
            }

            component.Persisted = row;
            // What it served before the start is its initial state, and since when that is so was not known yet.
            component.Published = component.Published with
            {
                Since = null,
            };
            if (isYoung)
            {
                component.Recorded = row.State;
                component.LastDefinite = new(row.State, row.Reason, row.Since, Instant.Never);
                CarryOver(component, component.LastDefinite);
            }
        }
    }

    // Initializes nodes without a stored state, and records which of them take a state that was served before.
    private List<Node> ResumeNodes(StoredState stored, bool isYoung, HashSet<Node> standing)
    {
        PreviousItem<StoredNode>[] priors =
        [
            .. stored.Nodes.Select(row => new PreviousItem<StoredNode>(row.Key, row.Kind, row)),
        ];
        Matching<StoredNode> matches = Matching<StoredNode>.Of(graph, priors, row => row.Fingerprint);
        HashSet<string> keptKeys = new(StringComparer.Ordinal);
        List<Node> fresh = [];
        foreach (Vertex vertex in graph.Vertices)
        {
            if (vertex.Combinator is not { } combinator)
            {
                fresh.Add(vertex.Node);
                continue;
            }

            StoredNode? row = matches[vertex]?.Value;
            if (row is not null && IsRestorable(combinator, row, isYoung))
            {
                vertex.Node.State = combinator.RestoreAt(new(row.State, row.Reason), AgeOf(row, stored), now);
                Restored(vertex, row, keptKeys);
            }
            else
            {
                Begin(vertex.Node, combinator, CarriedAbove(vertex.Node), standing);
                fresh.Add(vertex.Node);
            }

            dirty.Add(vertex.Node);
        }

        forgottenNodes.UnionWith(stored.Nodes.Select(row => row.Key).Where(key => !keptKeys.Contains(key)));
        return fresh;
    }

    private void Restored(Vertex vertex, StoredNode row, HashSet<string> keptKeys)
    {
        ScheduleFireExpiry(vertex.Node);
        if (row.Key == vertex.Key && vertex.Combinator!.LatchSides is null)
        {
            keptKeys.Add(row.Key);
            // It was stored under another description: rewritten.
            vertex.Node.Persisted = row.Fingerprint == vertex.Fingerprint ? new(row.State, row.Reason) : null;
        }
    }

    private HealthState? CarriedAbove(Node node) => StandingAt(node, component => component.Carried?.Snapshot);

    // What discounts downtime expires by itself. A toggle at fail is stored as a latch: a row written before 0.2 can only say that a toggle is at ok.
    private static bool IsRestorable(Combinator combinator, StoredNode row, bool isYoung) =>
        combinator.DiscountsDowntime || (isYoung && (combinator.LatchSides is null || row.State == PersistedState.Ok));

    // The time for which the process was down does not count.
    private static TimeSpan AgeOf(StoredNode row, StoredState stored)
    {
        TimeSpan age = (stored.AliveAt ?? row.At) - row.At;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    private void ResumeLatches(StoredState stored, bool isYoung)
    {
        PreviousItem<StoredLatch>[] priors =
        [
            // Of several at one path, one that is at fail takes precedence.
            .. stored
                .Latches.OrderBy(row => row.State == HealthState.Fail)
                .Select(row => new PreviousItem<StoredLatch>(row.Place, row.Kind, row)),
        ];
        HashSet<StoredLatch> adopted = new(ReferenceEqualityComparer.Instance);
        Matching<StoredLatch> matches = Matching<StoredLatch>.Of(graph, priors, row => row.Fingerprint);
        foreach (Vertex vertex in graph.Vertices)
        {
            if (
                matches[vertex] is { Value: var row }
                && vertex.Combinator is { LatchSides: not null }
                && adopted.Add(row)
            )
            {
                Resume(row, vertex, isYoung);
            }
        }

        foreach (StoredLatch row in stored.Latches.Where(row => !adopted.Contains(row)))
        {
            if (PlaceOf(row) is { } vertex)
            {
                Resume(row, vertex, isYoung);
            }
            else if (row.State == HealthState.Fail && row.IsAuthorised != false)
            {
                Attach(LatchOf(row, isAuthorised: true), toggle: null);
            }
            else
            {
                forgottenLatches.Add(row.Key);
            }
        }

        StoreDisplacedLatchesSeparately();
        foreach (Latch latch in latches)
        {
            Rewrite(latch, HealthState.Fail);
        }
    }

    // Before 0.2 a latch was stored at each place of its toggle, and a toggle below a named task at none of its own.
    private Vertex? PlaceOf(StoredLatch row)
    {
        if (row.Kind.Length > 0 || row.Components is not [var component])
        {
            return null;
        }

        string path = row.Key[Vertex.OwnerOf(row.Key).Length..];
        return graph
            .PlacesIn(component)
            .FirstOrDefault(place => place.Path == path && place.Vertex.Combinator?.LatchSides is not null)
            .Vertex;
    }

    private void Resume(StoredLatch row, Vertex vertex, bool isYoung)
    {
        Node toggle = vertex.Node;
        if (row.State == HealthState.Ok)
        {
            if (isYoung)
            {
                toggle.State = vertex.Combinator!.RestoreAt(
                    PersistedState.Of(HealthState.Ok, row.Reason),
                    TimeSpan.Zero,
                    now
                );
            }

            return;
        }

        if (toggle.Latch is not null)
        {
            // One toggle that was stored at several places.
            toggle.Latch.Serve(row.Components);
            Attach(toggle.Latch, toggle);
            forgottenLatches.Add(row.Key);
            return;
        }

        Latch latch = LatchOf(row, row.IsAuthorised ?? IsAuthorised(toggle));
        latch.Serve(ComponentsAbove(toggle));
        toggle.State = vertex.Combinator!.RestoreAt(
            PersistedState.Of(HealthState.Fail, row.Reason),
            TimeSpan.Zero,
            now
        );
        Attach(latch, toggle);
        if (row.Place != vertex.Key || row.Kind.Length == 0 || row.Fingerprint != vertex.Fingerprint)
        {
            RecordMove(toggle, row.Place);
        }
    }

    private Latch LatchOf(StoredLatch row, bool isAuthorised) =>
        new()
        {
            Id = row.Id.Length > 0 ? row.Id : NextIdentity(),
            IsAuthorised = isAuthorised,
            Reason = row.Reason,
            Since = row.Since,
            Place = row.Place,
            IsStoredSeparately = row.Key != row.Place,
            Components = row.Components,
            Revision = row.Revision,
            AdoptableKind = row.Kind,
            AdoptableFingerprint = row.Fingerprint,
        };

    // After a loss, whatever may have been latched by authorisation is: in each component the outermost of such toggles.
    private void RecreateLostLatches(string reason)
    {
        foreach (ServedComponent component in components.Values)
        {
            RecreateLostLatches(component.Root, reason);
        }
    }

    private void RecreateLostLatches(Node node, string reason)
    {
        LatchSides? sides = node.Combinator?.LatchSides;
        if (sides is not null && IsAuthorised(node))
        {
            if (node.Latch is null)
            {
                node.State = node.Combinator!.RestoreAt(
                    PersistedState.Of(HealthState.Fail, reason),
                    TimeSpan.Zero,
                    now
                );
            }

            return;
        }

        for (int i = 0; i < node.Vertex.Children.Length; i++)
        {
            if (i != sides?.ReleasedBy)
            {
                RecreateLostLatches(node.Child(i), reason);
            }
        }
    }
}
