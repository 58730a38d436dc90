namespace Failover.Simulation;

/// <summary>A latch ends by an authorised POST that is committed, and until then its components are served fail.</summary>
internal sealed class LatchInvariants(World world, Sides sides)
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(250);

    // By identity of a latch: the components that it must make fail until it is released by a fire.
    private readonly Dictionary<string, HashSet<string>> mustFail = new(StringComparer.Ordinal);
    private readonly HashSet<string> released = new(StringComparer.Ordinal);

    // Components of which a latch was released: logic may need the others no longer.
    private readonly HashSet<string> relieved = new(StringComparer.Ordinal);
    private readonly Dictionary<Latch, string> identities = [];
    private readonly Dictionary<object, Credit> posts = new(ReferenceEqualityComparer.Instance);
    private readonly List<Credit> credits = [];
    private readonly Dictionary<string, Instant> latchedSince = new(StringComparer.Ordinal);

    /// <summary>What holds at every moment.</summary>
    public void Always()
    {
        WatchLatches();
        HoldsAreShort();
    }

    public void Died(Crash died)
    {
        posts.Clear();
        latchedSince.Clear();
        foreach (Credit credit in credits)
        {
            // What was in flight at the end is committed or not; what was neither ends nothing later.
            credit.IsUsed |= !credit.IsCommitted;
        }

        if (world.Store.IsLost || died.Remains == Remains.Corrupt)
        {
            mustFail.Clear();
            return;
        }

        // What was not durable yet may be forgotten.
        HashSet<string> durable = [.. world.Store.Standing.Select(latch => latch.Id)];
        foreach (string id in mustFail.Keys.Where(id => !durable.Contains(id)).ToArray())
        {
            mustFail.Remove(id);
        }

        // Whether latches make a component fail is stored with it: an edit may have made them do so, and be lost.
        foreach (HashSet<string> names in mustFail.Values)
        {
            names.RemoveWhere(name =>
                world.Store.Components.TryGetValue(name, out StoredComponent? stored) && !stored.IsLatched
            );
        }
    }

    /// <summary>Long after the faults have stopped.</summary>
    public void Converged()
    {
        if (posts.Count > 0)
        {
            throw new InvariantViolation("answers", "a POST was never answered");
        }
    }

    /// <param name="operation">The POST.</param>
    /// <param name="user">Who sent it: nobody else sends another one.</param>
    /// <param name="component">To which component.</param>
    public void Posted(object operation, string user, ServedComponent component)
    {
        Credit credit = new(user, [.. component.Latches.Select(latch => latch.Id)]);
        posts.Add(operation, credit);
        credits.Add(credit);
    }

    /// <summary>Latches are to be forgotten: only those that no POST could end.</summary>
    public void ForgetAsked(object operation, PostAudit audit)
    {
        Credit credit = new(
            audit.User!,
            [
                .. world
                    .Machine.Latches.Where(latch => latch.Components.Contains(audit.Component) && !CanBeReset(latch))
                    .Select(latch => latch.Id),
            ]
        )
        {
            Forgets = true,
        };
        posts.Add(operation, credit);
        credits.Add(credit);
    }

    public void Replied(object operation, OperationOutcome outcome)
    {
        if (!posts.Remove(operation, out Credit? credit))
        {
            throw new InvariantViolation("oneshot", "a POST was answered twice");
        }

        if (outcome is OperationOutcome.Armed or OperationOutcome.Done)
        {
            if (!credit.IsCommitted)
            {
                throw new InvariantViolation("acknowledged", "a POST was acknowledged that is not committed");
            }

            credit.IsAcknowledged = true;
        }
        else if (!credit.IsCommitted)
        {
            // It may be committed late all the same, and then the latch stands anew: it ends nothing.
            credit.IsRefused = true;
            credit.IsUsed |= outcome != OperationOutcome.NotStored;
        }
    }

    /// <summary>The store has stored a proposal.</summary>
    public void Committed(StateProposal proposal)
    {
        bool arms = proposal.Nodes.Any(node => node.State == "armed");
        bool forgets = credits.Exists(one => one.Forgets && one.User == proposal.Post?.User);
        string[] ids = [.. proposal.Releases.Select(release => release.After.Id)];
        // One that nobody has been answered about, else one that has armed a oneshot, else one that was given up and is late.
        Credit? credit = credits
            .Where(one =>
                one.Forgets == forgets && !one.IsUsed && ids.All(one.Latches.Contains) && !(arms && one.IsCommitted)
            )
            .OrderBy(one => proposal.Post is { } post && post.User != one.User)
            // What no POST of its own proposes was armed by one before.
            .ThenBy(one => proposal.Post is null && !one.IsArmed)
            .ThenBy(one =>
                one.IsRefused ? 2
                : one.IsCommitted ? 1
                : 0
            )
            .FirstOrDefault();
        if (credit is null)
        {
            throw new InvariantViolation("authority", $"{string.Join(", ", ids)} was released without a POST for it");
        }

        credit.IsCommitted = true;
        credit.IsArmed |= arms;
        if (!arms)
        {
            credit.IsUsed = true;
            foreach (string id in ids)
            {
                if (!released.Add(id))
                {
                    throw new InvariantViolation("oneshot", $"{id} was released twice");
                }

                if (mustFail.Remove(id, out HashSet<string>? names))
                {
                    relieved.UnionWith(names);
                }
            }
        }
    }

    /// <summary>Where nobody knows what became of a release, the latch goes on under another identity, and a fire that was armed for it
    /// stays so.</summary>
    public void FollowRenewedLatches()
    {
        foreach (Latch latch in world.Machine.Latches)
        {
            if (identities.TryGetValue(latch, out string? before) && before != latch.Id)
            {
                foreach (Credit credit in credits.Where(one => one.IsArmed && one.Latches.Contains(before)))
                {
                    credit.Latches.Add(latch.Id);
                    credit.IsUsed = false;
                }
            }

            identities[latch] = latch.Id;
        }
    }

    // An authorised latch that is stored, and for which its component fails, makes it fail until it is released.
    private void WatchLatches()
    {
        Dictionary<string, StoredLatch> durable = [];
        foreach (StoredLatch stored in world.Store.Standing)
        {
            durable[stored.Id] = stored;
        }

        foreach (ServedComponent component in world.Machine.Components)
        {
            foreach (Latch latch in component.Latches)
            {
                if (
                    released.Contains(latch.Id)
                    && world.Store.Disk is not Disk.Unsure
                    && latch.Pending is null
                    && IsAcknowledged(latch.Id)
                )
                {
                    throw new InvariantViolation(
                        "acknowledged",
                        $"{latch.Id} stands although its reset was acknowledged"
                    );
                }
            }

            if (component.IsLatched && world.Beneath(component).State == HealthState.Fail)
            {
                HashSet<Node> setting = [.. sides.SettingSide(component)];
                // A latch that is released by evidence may be all that makes logic need the others.
                bool isLatchedByThem =
                    SimpleJudgement.Latched(
                        component.Root.Vertex.Task,
                        task =>
                            component.Latches.Any(latch =>
                                IsDurable(latch, component) && ReferenceEquals(latch.Node?.Vertex.Task, task)
                            )
                    ) == HealthState.Fail;
                foreach (Latch latch in component.Latches)
                {
                    bool isEffective =
                        (component.HeldBy.Contains(latch) && IsStoredAsHolding(latch, component))
                        || (isLatchedByThem && latch.Node is { } node && setting.Contains(node));
                    if (isEffective && IsDurable(latch, component))
                    {
                        if (!mustFail.TryGetValue(latch.Id, out HashSet<string>? by))
                        {
                            mustFail.Add(latch.Id, by = new(StringComparer.Ordinal));
                        }

                        by.Add(component.Name);
                    }
                }
            }
        }

        foreach ((string id, HashSet<string> names) in mustFail)
        {
            foreach (string name in names.ToArray())
            {
                if (
                    world.Machine.Find(name) is { IsRetired: false } component
                    && world.Beneath(component).State != HealthState.Fail
                )
                {
                    if (relieved.Contains(name) && IsLeftByLogic(component))
                    {
                        names.Remove(name);
                        continue;
                    }

                    throw new InvariantViolation(
                        "latch",
                        $"/{name} is served {world.Beneath(component).State} although {id} was not reset"
                    );
                }
            }
        }

        bool isSettled = world.Store is { IsIdle: true, IsLost: false, Disk: Disk.Quick };
        if (isSettled && world.Machine.Latches.FirstOrDefault(latch => !durable.ContainsKey(latch.Id)) is { } unstored)
        {
            throw new InvariantViolation("durable", $"{unstored.Id} stands and is not stored");
        }

        // An identity that was given up with its proposal goes on under another one.
        foreach (string id in mustFail.Keys.Where(id => !durable.ContainsKey(id)).ToArray())
        {
            if (world.Store.IsIdle && !world.Store.IsLost)
            {
                mustFail.Remove(id);
            }
        }

        bool IsDurable(Latch latch, ServedComponent component) =>
            latch.IsAuthorised
            && durable.TryGetValue(latch.Id, out StoredLatch? stored)
            && stored.Components.Contains(component.Name, StringComparer.Ordinal);
    }

    // Which latches hold a component where logic needs them no longer is stored with the component.
    private bool IsStoredAsHolding(Latch latch, ServedComponent component) =>
        world.Store.Components.TryGetValue(component.Name, out StoredComponent? stored)
        && stored.HeldBy.Contains(latch.Id, StringComparer.Ordinal);

    // By a POST whose oneshot is on the side that releases it, or of a component that offers no way out of it.
    private bool CanBeReset(Latch latch) =>
        world.Machine.Components.Any(component =>
            component.Description.OnPost is { } action
            && latch.Components.Contains(component.Name)
            && (
                latch.Node?.Vertex.Task is not Toggle toggle
                || !toggle.ToOk.OkSources.HasFlag(OkSources.Fire)
                || !IsWithin(toggle, component.Description.Task)
                || IsWithin(action.Target, toggle.ToOk)
            )
        );

    private static bool IsWithin(HealthTask sought, HealthTask task) =>
        ReferenceEquals(sought, task) || task.Children.Any(child => IsWithin(sought, child));

    // Its own description says that the latches which still stand do not make it fail.
    private static bool IsLeftByLogic(ServedComponent component) =>
        component.HeldBy.IsEmpty
        && SimpleJudgement.Latched(
            component.Root.Vertex.Task,
            task => component.Latches.Any(latch => ReferenceEquals(latch.Node?.Vertex.Task, task))
        ) != HealthState.Fail;

    private bool IsAcknowledged(string id) =>
        credits.Exists(credit => credit.IsAcknowledged && credit.IsUsed && credit.Latches.Contains(id));

    private void HoldsAreShort()
    {
        foreach (ServedComponent component in world.Machine.Components)
        {
            bool isHeldBack = component.IsLatched && world.Beneath(component).State != HealthState.Fail;
            if (!isHeldBack)
            {
                latchedSince.Remove(component.Name);
            }
            else if (
                !latchedSince.TryAdd(component.Name, world.Now)
                && world.Now - latchedSince[component.Name] > LongestHold
            )
            {
                throw new InvariantViolation(
                    "hold",
                    $"/{component.Name} is latched and served {world.Beneath(component).State} for over 250 ms"
                );
            }
        }
    }

    private sealed class Credit(string user, HashSet<string> latches)
    {
        public string User => user;

        public HashSet<string> Latches => latches;

        /// <summary>Whether latches are forgotten by it, and not reset.</summary>
        public bool Forgets { get; init; }

        public bool IsCommitted { get; set; }

        public bool IsUsed { get; set; }

        /// <summary>Whether its fire waits for evidence.</summary>
        public bool IsArmed { get; set; }

        public bool IsAcknowledged { get; set; }

        public bool IsRefused { get; set; }
    }
}
