namespace Failover.Simulation;

// Over 400 lines because the invariants are watched over one memory of what has happened.

/// <summary>What must hold, whatever happens: the invariants of docs/reliability.md, watched from outside the machine.</summary>
internal sealed class Invariants(World world)
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(250);

    private readonly LogicInvariants logic = new(world);

    // By identity of a latch: the components that it must make fail until it is released by a fire.
    private readonly Dictionary<string, HashSet<string>> mustFail = new(StringComparer.Ordinal);
    private readonly HashSet<string> released = new(StringComparer.Ordinal);

    // Components of which a latch was released: logic may need the others no longer.
    private readonly HashSet<string> relieved = new(StringComparer.Ordinal);
    private readonly Dictionary<object, Credit> posts = new(ReferenceEqualityComparer.Instance);
    private readonly List<Credit> credits = [];
    private readonly Dictionary<object, (ServedComponent Component, Instant At)> asked = new(
        ReferenceEqualityComparer.Instance
    );
    private readonly Dictionary<SimulatedCheck, List<(HealthState State, Instant Ended)>> seen = [];
    private readonly Dictionary<SimulatedCheck, Instant> ended = [];
    private readonly List<(Instant From, Instant To)> pauses = [];
    private readonly Dictionary<string, HealthState> servedBefore = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Instant> latchedSince = new(StringComparer.Ordinal);
    private readonly Dictionary<Node, (HealthState State, Instant At)> hysteresis = [];
    private readonly Dictionary<string, Instant> begun = new(StringComparer.Ordinal);
    private HashSet<object> probing = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, Node[]> settingSides = [];
    private bool wasIdle;
    private Instant? faultsStopped;
    private HashSet<string> latchedBefore = new(StringComparer.Ordinal);

    public void Before(SimulationEvent step)
    {
        servedBefore.Clear();
        latchedBefore =
        [
            .. world.Machine.Components.Where(component => component.IsLatched).Select(component => component.Name),
        ];
        wasIdle = world.Store.IsIdle;
        foreach (ServedComponent component in world.Machine.Components)
        {
            if (component.Published.IsKnown)
            {
                servedBefore[component.Name] = Served(component).State;
            }
        }

        RememberHysteresis();
    }

    public void After(SimulationEvent step)
    {
        Always();
        logic.After();
    }

    /// <summary>What holds at every moment.</summary>
    public void Always()
    {
        WatchLatches();
        HoldsAreShort();
        OkIsFresh();
        HysteresisFlipsWithEvidence();
        ComesBackInTime();
        AnswersAreInTime();
    }

    public void Asked(object ticket, ServedComponent component) => asked.Add(ticket, (component, world.Now));

    public void Answered(object ticket, Snapshot answer)
    {
        if (!asked.Remove(ticket))
        {
            throw new InvariantViolation("answers", "a request was answered twice");
        }
    }

    /// <summary>A request for a component that is answered from memory has been taken in: it is answered, and changes nothing.</summary>
    public static void OnlyRead(IReadOnlyList<MachineAction> actions)
    {
        if (actions is not [MachineAction.Answer])
        {
            throw new InvariantViolation(
                "read purity",
                $"a read did {string.Join(", ", actions.Select(ActionText.Of))}"
            );
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

    public void Replied(object operation, FireOutcome outcome)
    {
        if (!posts.Remove(operation, out Credit? credit))
        {
            throw new InvariantViolation("oneshot", "a POST was answered twice");
        }

        if (outcome == FireOutcome.Armed)
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
            credit.IsUsed |= outcome != FireOutcome.NotStored;
        }
    }

    /// <summary>The store has stored a proposal.</summary>
    public void Committed(StateProposal proposal)
    {
        bool arms = proposal.Nodes.Any(node => node.State == "armed");
        string[] ids = [.. proposal.Releases.Select(release => release.After.Id)];
        // One that nobody has been answered about, else one that has armed a oneshot, else one that was given up and is late.
        Credit? credit = credits
            .Where(one => !one.IsUsed && ids.All(one.Latches.Contains) && !(arms && one.IsCommitted))
            .OrderBy(one => proposal.Post is { } post && post.User != one.User)
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

    public void Probed(MachineAction.Probe probe)
    {
        if (!probing.Add(probe.Check))
        {
            throw new InvariantViolation("exclusion", $"{probe.Check} is probed twice at a time");
        }
    }

    public void Seen(SimulatedCheck check, Observation observation, Instant started)
    {
        probing.Remove(check);
        logic.Seen(check, observation, started);
        ended[check] = world.Now;
        bool isExcused = observation.IsTimeout && pauses.Exists(pause => pause.From < world.Now && pause.To > started);
        if (observation.State != HealthState.Error && !isExcused)
        {
            if (!seen.TryGetValue(check, out var history))
            {
                seen.Add(check, history = []);
            }

            history.Add((observation.State, world.Now));
        }
    }

    public void Paused(Instant from, Instant to) => pauses.Add((from, to));

    public void Died(Crash died)
    {
        probing = new(ReferenceEqualityComparer.Instance);
        posts.Clear();
        asked.Clear();
        hysteresis.Clear();
        latchedSince.Clear();
        foreach (Credit credit in credits)
        {
            // What was in flight at the end is committed or not; what was neither ends nothing later.
            credit.IsUsed |= !credit.IsCommitted;
        }

        if (world.Store.IsLost || died.Remains == Remains.Corrupt)
        {
            mustFail.Clear();
        }
        else
        {
            // What was not durable yet may be forgotten.
            HashSet<string> durable = [.. world.Store.Standing.Select(latch => latch.Id)];
            foreach (string id in mustFail.Keys.Where(id => !durable.Contains(id)).ToArray())
            {
                mustFail.Remove(id);
            }
        }

        isCorrupt = died.Remains == Remains.Corrupt;
    }

    private bool isCorrupt;

    /// <param name="isYoung">Whether the process before was alive not long ago.</param>
    public void Started(bool isYoung)
    {
        begun.Clear();
        settingSides.Clear();
        FollowRenewedLatches();
        if (isCorrupt)
        {
            foreach (ServedComponent component in world.Machine.Components)
            {
                bool mayHaveBeen =
                    SimpleJudgement.Latched(
                        component.Root.Vertex.Task,
                        task => task is Combinator { IsReleasedByFire: true }
                    ) == HealthState.Fail;
                if (mayHaveBeen && Served(component).State != HealthState.Fail)
                {
                    throw new InvariantViolation(
                        "loss",
                        $"/{component.Name} may have been latched and is served {Served(component).State}"
                    );
                }
            }
        }
        else if (isYoung && wasIdle && !world.Store.IsLost)
        {
            foreach (ServedComponent component in world.Machine.Components)
            {
                HealthState after = Served(component).State;
                if (
                    world.Store.Components.TryGetValue(component.Name, out StoredComponent? stored)
                    && component.Published.IsKnown
                    // A toggle with a name that it shares now may be latched.
                    && !component.IsLatched
                    && after != HealthState.Error
                    && after != stored.State
                    && DependsOnChecks(component)
                )
                {
                    throw new InvariantViolation(
                        "restart",
                        $"/{component.Name} was {stored.State} and is served {after}"
                    );
                }
            }
        }

        isCorrupt = false;
    }

    /// <summary>From now on all targets are up, the disk is quick and nobody edits anything.</summary>
    public void FaultsStopped() => faultsStopped = world.Now;

    /// <summary>A reload was planned and rejected.</summary>
    public void Rejected()
    {
        if (world.Machine.HasActions)
        {
            throw new InvariantViolation("reload", "a rejected reload did something");
        }
    }

    /// <summary>Long after the faults have stopped, with all targets up and every latch reset that can be.</summary>
    public void Converged()
    {
        foreach (ServedComponent component in world.Machine.Components)
        {
            // A POST may reach one oneshot and not another: what only the other resets stays, as `check` warns.
            bool isStuck = component.Latches.Any(latch => latch.IsAuthorised || NeedsFire(latch));
            bool isFlapping = SettingSide(component).Any(node => node.State is Flapping.History { IsFlapping: true });
            if (
                !isStuck
                && !isFlapping
                && SimpleJudgement.WithAllUp(component.Root.Vertex.Task) is { } expected
                && Served(component) is var served
                && served.State != expected
            )
            {
                throw new InvariantViolation(
                    "convergence",
                    $"/{component.Name} is served {served.State} ({served.Reason}) although all targets are up"
                );
            }

            bool canReset =
                component.Description.OnPost is not null
                && component.Latches.Any(latch => latch is { IsAuthorised: true, Node: null });
            if (canReset)
            {
                throw new InvariantViolation("convergence", $"/{component.Name} cannot be reset");
            }

            if (component.Tickets.Count > 0)
            {
                throw new InvariantViolation("answers", $"/{component.Name} leaves requests without an answer");
            }
        }

        if (posts.Count > 0)
        {
            throw new InvariantViolation("answers", "a POST was never answered");
        }
    }

    private static bool NeedsFire(Latch latch) =>
        latch.Node is { } toggle
        && SimpleJudgement.WithAllUp(toggle.Child(toggle.Combinator!.LatchSides!.Value.ReleasedBy).Vertex.Task)
            != HealthState.Ok;

    private Snapshot Served(ServedComponent component) => component.Published.ReadAt(world.Now);

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

    private readonly Dictionary<Latch, string> identities = [];

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

            if (component.IsLatched && Served(component).State == HealthState.Fail)
            {
                HashSet<Node> setting = [.. SettingSide(component)];
                // A latch that is released by evidence may be all that makes logic need the others.
                bool isLatchedByThem =
                    SimpleJudgement.Latched(
                        component.Root.Vertex.Task,
                        task =>
                            component.Latches.Exists(latch =>
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
                    && Served(component).State != HealthState.Fail
                )
                {
                    if (relieved.Contains(name) && IsLeftByLogic(component))
                    {
                        names.Remove(name);
                        continue;
                    }

                    throw new InvariantViolation(
                        "latch",
                        $"/{name} is served {Served(component).State} although {id} was not reset"
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

    // Its own description says that the latches which still stand do not make it fail.
    private static bool IsLeftByLogic(ServedComponent component) =>
        component.HeldBy.Count == 0
        && SimpleJudgement.Latched(
            component.Root.Vertex.Task,
            task => component.Latches.Exists(latch => ReferenceEquals(latch.Node?.Vertex.Task, task))
        ) != HealthState.Fail;

    private bool IsAcknowledged(string id) =>
        credits.Exists(credit => credit.IsAcknowledged && credit.IsUsed && credit.Latches.Contains(id));

    // It changes with the descriptions only.
    private Node[] SettingSide(ServedComponent component)
    {
        if (!settingSides.TryGetValue(component.Root, out Node[]? nodes))
        {
            settingSides.Add(component.Root, nodes = [.. Below(component.Root, withWaysBack: false)]);
        }

        return nodes;
    }

    private static IEnumerable<Node> SettingAndReleasing(Node node) => Below(node, withWaysBack: true);

    private static IEnumerable<Node> Below(Node node, bool withWaysBack)
    {
        HashSet<Node> visited = [];
        Stack<Node> rest = new([node]);
        while (rest.TryPop(out Node? next))
        {
            if (visited.Add(next))
            {
                yield return next;
                for (int i = 0; i < next.Vertex.Children.Length; i++)
                {
                    if (withWaysBack || next.Combinator?.LatchSides?.ReleasedBy != i)
                    {
                        rest.Push(next.Child(i));
                    }
                }
            }
        }
    }

    private void HoldsAreShort()
    {
        foreach (ServedComponent component in world.Machine.Components)
        {
            bool isHeldBack = component.IsLatched && Served(component).State != HealthState.Fail;
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
                    $"/{component.Name} is latched and served {Served(component).State} for over 250 ms"
                );
            }
        }
    }

    // A loop directly above a check: the ok that it shows is at most as old as its stale bound.
    private void OkIsFresh()
    {
        foreach (ServedComponent component in world.Machine.Components)
        {
            begun.TryAdd(component.Name, world.Now);
            if (Served(component).State != HealthState.Ok)
            {
                continue;
            }

            (Node Loop, SimulatedCheck Check)[] loops =
            [
                .. SettingSide(component)
                    .Where(node => node.Vertex.Task is Background && node.Child(0).Vertex.Task is SimulatedCheck)
                    .Select(node => (node, (SimulatedCheck)node.Child(0).Vertex.Task)),
            ];
            bool isOnlyLoop =
                loops.Length == 1
                && SettingSide(component).Count(node => node.Combinator is null) == 1
                && component.Root.IsEvaluatedInBackground;
            if (!isOnlyLoop)
            {
                continue;
            }

            Background loop = (Background)loops[0].Loop.Vertex.Task;
            // A fail may be older, and so what is judged of it: below a not, or held by a hysteresis.
            TimeSpan bound =
                loop.StaleAfter
                + (loop.DownInterval > loop.Interval ? 3 * (loop.DownInterval.Value - loop.Interval) : TimeSpan.Zero);
            Instant newest = ended.GetValueOrDefault(loops[0].Check);
            Instant since = Instant.Max(newest, begun[component.Name]);
            if (world.Now - since > bound + LongestBoundBefore(component))
            {
                throw new InvariantViolation(
                    "freshness",
                    $"/{component.Name} is served ok {world.Now - since} after the newest evaluation"
                );
            }
        }
    }

    // Without a toggle nothing needs a POST: what the loops see shows within twice their interval and the timeout, and where a
    // hysteresis asks for more, as much later as its threshold takes.
    private void ComesBackInTime()
    {
        if (faultsStopped is not { } stopped)
        {
            return;
        }

        foreach (ServedComponent component in world.Machine.Components)
        {
            Node[] nodes = SettingSide(component);
            bool isFree =
                component.Root.IsEvaluatedInBackground
                && component.HeldBy.Count == 0
                && nodes.All(node => node.Combinator is null or Hysteresis or Background or Logic or Deadline);
            if (
                isFree
                && world.Now - stopped > TimeToComeBack(nodes)
                && Served(component) is { State: not HealthState.Ok } served
            )
            {
                throw new InvariantViolation(
                    "convergence",
                    $"/{component.Name} is served {served.State} ({served.Reason}) {world.Now - stopped} after all targets came up"
                );
            }
        }
    }

    private static TimeSpan TimeToComeBack(Node[] nodes)
    {
        TimeSpan interval = nodes.Select(node => node.Vertex.Task).OfType<Background>().Max(LongestInterval);
        TimeSpan timeout = nodes.Select(node => node.Vertex.Task).OfType<SimulatedCheck>().Max(check => check.Timeout);
        return (2 * interval)
            + timeout
            + nodes
                .Select(node => node.Vertex.Task)
                .OfType<Hysteresis>()
                .Aggregate(
                    TimeSpan.Zero,
                    (sum, one) =>
                        sum
                        + one.OkAfter switch
                        {
                            CountThreshold count => (count.Observations - 1) * interval,
                            DurationThreshold duration => duration.Duration + (2 * interval),
                            _ => TimeSpan.MaxValue - sum,
                        }
                );
    }

    private static TimeSpan LongestInterval(Background loop) =>
        (loop.DownInterval > loop.Interval ? loop.DownInterval.Value : loop.Interval) + (loop.Jitter ?? TimeSpan.Zero);

    // Whatever hangs: after three times the longest time of its task, and the time for which a publication may be held.
    private void AnswersAreInTime()
    {
        foreach ((ServedComponent component, Instant at) in asked.Values)
        {
            TimeSpan longest =
                component.Root.Vertex.Task is Deadline { After: var after } && after < component.OverdueAfter
                    ? after
                    : component.OverdueAfter;
            if (world.Now - at > longest + LongestHold)
            {
                throw new InvariantViolation(
                    "answers",
                    $"a request for /{component.Name} waits for {world.Now - at}, and may for {longest}"
                );
            }
        }
    }

    // A carried-over ok keeps the bound of before.
    private static TimeSpan LongestBoundBefore(ServedComponent component) =>
        component.CarriedOver is null ? TimeSpan.Zero : TimeSpan.FromSeconds(22);

    /// <summary>Other descriptions are served, and nothing has been probed since.</summary>
    public void Reloaded()
    {
        // What was in flight for another description begins anew.
        foreach (object ticket in asked.Keys)
        {
            asked[ticket] = asked[ticket] with { At = world.Now };
        }

        settingSides.Clear();
        logic.Reloaded();
        foreach (ServedComponent component in world.Machine.Components)
        {
            // What was judged before keeps the bound of before.
            begun[component.Name] = world.Now;
            if (!servedBefore.TryGetValue(component.Name, out HealthState before))
            {
                continue;
            }

            if (before == HealthState.Error)
            {
                continue;
            }

            HealthState after = Served(component).State;
            bool isLatchedNow = component.IsLatched && after == HealthState.Fail;
            if (after != before && !isLatchedNow && DependsOnChecks(component))
            {
                throw new InvariantViolation(
                    "reload",
                    $"/{component.Name} was served {before} and is served {after} after a reload"
                );
            }

            if (
                isLatchedNow
                && before == HealthState.Ok
                && !latchedBefore.Contains(component.Name)
                && component.Latches.TrueForAll(latch => latch.Since == world.WallNow)
            )
            {
                throw new InvariantViolation("reload", $"/{component.Name} was latched by a reload");
            }
        }
    }

    // Below a not, latches may be all that a state depends on.
    private static bool DependsOnChecks(ServedComponent component)
    {
        Node[] wanted = [.. Wanted(component.Root)];
        return wanted.Any(node => node.Combinator is null)
            && !(component.Latches.Count > 0 && wanted.Any(node => node.Vertex.Task is Not));
    }

    private static IEnumerable<Node> Wanted(Node node) =>
        node
            .Vertex.Children.SelectMany((_, index) => node.Evaluates(index) ? Wanted(node.Child(index)) : [])
            .Prepend(node);

    private void RememberHysteresis()
    {
        foreach (ServedComponent component in world.Machine.Components)
        {
            foreach (Node node in SettingSide(component))
            {
                if (node.State is Hysteresis.Judgement judged)
                {
                    hysteresis[node] = (judged.State, world.Now);
                }
            }
        }
    }

    // Directly above a check, and not started afresh: a flip takes as many observations, or as long, as its threshold says.
    private void HysteresisFlipsWithEvidence()
    {
        foreach (ServedComponent component in world.Machine.Components)
        {
            foreach (Node node in SettingSide(component))
            {
                if (
                    node.State is Hysteresis.Judgement judged
                    && node.Vertex.Task is Hysteresis { Task: SimulatedCheck check } task
                    && hysteresis.TryGetValue(node, out var before)
                    && before.State != judged.State
                    && judged.Since < before.At
                    // Of a check that others evaluate as well it has not seen all.
                    && node.Child(0).Vertex is { Parents.Count: 1, RootOf.Count: 0 }
                )
                {
                    CheckFlip(task, check, judged.State);
                }
            }
        }

        RememberHysteresis();
    }

    private void CheckFlip(Hysteresis task, SimulatedCheck check, HealthState to)
    {
        // What two checks of one description saw cannot be told apart here.
        IEnumerable<Node> all = world
            .Machine.Components.SelectMany(component => SettingAndReleasing(component.Root))
            .Distinct();
        if (all.Count(node => check.Equals(node.Vertex.Task)) != 1)
        {
            return;
        }

        Threshold threshold = to == HealthState.Fail ? task.FailAfter : task.OkAfter;
        (HealthState State, Instant Ended)[] run =
        [
            .. seen.GetValueOrDefault(check, []).AsEnumerable().Reverse().TakeWhile(one => one.State == to),
        ];
        bool isEnough = threshold switch
        {
            CountThreshold count => run.Length >= count.Observations,
            DurationThreshold duration => run.Length >= 2
                && run[0].Ended - run[^1].Ended >= duration.Duration
                && !pauses.Exists(pause =>
                    pause.From > run[^1].Ended
                    && pause.To <= run[0].Ended
                    && run[0].Ended - pause.To < duration.Duration
                ),
            _ => true,
        };
        if (!isEnough)
        {
            throw new InvariantViolation("evidence", $"{task} flipped to {to} on {run.Length} observations");
        }
    }

    private sealed class Credit(string user, HashSet<string> latches)
    {
        public string User => user;

        public HashSet<string> Latches => latches;

        public bool IsCommitted { get; set; }

        public bool IsUsed { get; set; }

        /// <summary>Whether its fire waits for evidence.</summary>
        public bool IsArmed { get; set; }

        public bool IsAcknowledged { get; set; }

        public bool IsRefused { get; set; }
    }
}
