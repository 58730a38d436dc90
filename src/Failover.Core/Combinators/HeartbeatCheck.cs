using System.Collections.Immutable;

namespace Failover;

/// <summary>Waits for another job to report by itself, as a backup does after each run: silence is a fail.</summary>
/// <remarks>The job POSTs to <c>/-/heartbeat/NAME</c>: a beat. Before the first one there is <see cref="InitialState"/>. Each further
/// <see cref="Every"/> that passes without a beat is one more fail, for a <see cref="Hysteresis"/> to count. The newest beat outlives the
/// process. The time for which the process does not run or is paused does not count: a beat that would have come then has
/// <see cref="Grace"/> to come afterwards.</remarks>
public sealed record HeartbeatCheck : Combinator<HeartbeatCheck.Waiting>
{
    /// <summary>Describes what is waited for.</summary>
    /// <param name="every">How often the job reports, from 1 ms to 366 days: from one beat to the next.</param>
    /// <param name="grace">How much later than that a beat may come, from 1 ms to 30 days; one that is exactly so late is in time. 1 minute where
    /// it is left out.</param>
    /// <param name="auth">Which users may report; left out, none: then <paramref name="token"/> is needed.</param>
    /// <param name="token">The secret of which the job says <c>Authorization: Bearer …</c>, 8 to 512 letters, digits and <c>-._~+/</c>, with <c>=</c>
    /// at its end or without; left out, users alone may report.</param>
    /// <param name="initialState">The state before the first beat, for <paramref name="every"/> and <paramref name="grace"/> at most: ok or
    /// fail.</param>
    /// <param name="name">What it is called in the path; left out, as the component of which it is a part, or the named task.</param>
    /// <exception cref="ArgumentException">A duration out of range, a token or name of another form, or another initial state.</exception>
    public HeartbeatCheck(
        TimeSpan every,
        TimeSpan? grace = null,
        Authentication? auth = null,
        string? token = null,
        HealthState initialState = HealthState.Ok,
        string? name = null
    )
    {
        Every = EveryOption.Check(every);
        Grace = GraceOption.Check(grace);
        Auth = auth;
        Token = TokenOption.CheckIfGiven(token);
        InitialState = InitialStateOption.Check(initialState);
        Name = NameOption.CheckIfGiven(name);
    }

    private static readonly DurationOption EveryOption = new("every", "how often the job reports")
    {
        // Some jobs run once a year.
        Most = TimeSpan.FromDays(366),
    };
    private static readonly DurationOption GraceOption = new(
        "grace",
        "how much later than that a report may come",
        TimeSpan.FromMinutes(1)
    );
    private static readonly AuthenticationOption AuthOption = new(
        "auth",
        "which users may report",
        "none; token is needed then"
    );
    private static readonly FormattedOption TokenOption = new(
        "token",
        "the secret with which the job reports; never shown",
        "8 to 512 letters, digits and -._~+/, with = at the end or without",
        "2b7e151628aed2a6abf71589",
        HeartbeatTexts.TokenFlaw,
        "none; auth is needed then"
    )
    {
        IsConcealed = true,
    };
    private static readonly StateOption InitialStateOption = new(
        "initialState",
        "the state before the first report",
        "ok"
    );
    private static readonly FormattedOption NameOption = new(
        "name",
        "what it is called in the path /-/heartbeat/NAME",
        "letters, digits and .-_, in segments joined by /",
        "nightly/backup",
        HeartbeatTexts.NameFlaw,
        "the name of the component, or of the task under tasks"
    );

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "heartbeat",
            "whether another job has reported in time, by a POST to /-/heartbeat/NAME",
            [EveryOption, GraceOption, AuthOption, TokenOption, InitialStateOption, NameOption]
        )
        {
            Make = given => new HeartbeatCheck(
                (TimeSpan)given[0]!,
                (TimeSpan?)given[1],
                (Authentication?)given[2],
                (string?)given[3],
                (HealthState?)given[4] ?? HealthState.Ok,
                (string?)given[5]
            ),
        };

    /// <summary>How often the job reports.</summary>
    public TimeSpan Every { get; }

    /// <summary>How much later than that a report may come.</summary>
    public TimeSpan Grace { get; }

    /// <summary>Which users may report; null: none.</summary>
    public Authentication? Auth { get; }

    /// <summary>The secret with which the job reports; null: there is none.</summary>
    public string? Token { get; }

    /// <summary>The state before the first report.</summary>
    public HealthState InitialState { get; }

    /// <summary>What it is called in the path; null: as the component or the named task.</summary>
    public string? Name { get; }

    /// <inheritdoc/>
    public override TimeSpan LongestTime => TimeSpan.Zero;

    /// <inheritdoc/>
    public override string Summary => $"heartbeat(every {Units.Text(Every)}, grace {Units.Text(Grace)})";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Every, Grace, Auth, Token, InitialState, Name];

    internal override HealthState? InitialShownState => InitialState;

    internal override bool ChangesByItself => true;

    internal override bool IsObserver => true;

    internal override HeartbeatAccess HeartbeatAccess => new(Name, Auth, Token);

    internal override OkSources OkSources => OkSources.Evidence;

    internal override TimeSpan? StaleBound => Every + Grace;

    internal override bool DiscountsDowntime => true;

    /// <summary>What a <see cref="HeartbeatCheck"/> remembers.</summary>
    /// <param name="Newest">The newest beat, or the silence since then; before both, a placeholder.</param>
    /// <param name="Since">When the newest beat came; before the first, when waiting began. Downtime before it was restored is not
    /// in it.</param>
    /// <param name="Due">The last moment at which the next beat is in time, or at which silence counts once more.</param>
    public sealed record Waiting(Observation Newest, Instant Since, Instant Due)
    {
        /// <summary>How much of the time since <see cref="Since"/> does not count, as the process was paused.</summary>
        public TimeSpan Discounted { get; init; }

        /// <summary>Whether there has been a beat.</summary>
        public bool HasBeat { get; init; }

        /// <summary>Whether no beat came in time.</summary>
        public bool IsSilent { get; init; }

        /// <summary>Whether the newest beat is one of before a restart of the process.</summary>
        public bool IsRestored { get; init; }

        /// <summary>When the newest beat would have come for the same time to count, without any pause since.</summary>
        internal Instant CountedFrom => Since + Discounted;
    }

    private const string NoBeat = "no beat yet";
    private const string WaitingWord = "waiting";
    private const string SilentWord = "silent";
    private const string NeverWord = "never";
    private const string WarningWord = "warning";

    /// <inheritdoc/>
    public override Waiting CreateState(Instant now) => Begin(InitialState, now);

    /// <summary>Waits anew: what was reported before the move does not count.</summary>
    /// <inheritdoc/>
    public override Waiting Restart(Waiting state, HealthState standing, Instant now) => Begin(standing, now);

    private Waiting Begin(HealthState shown, Instant now) =>
        new(Placeholder(shown, NoBeat, now), now, now + Every + Grace);

    private static Observation Placeholder(HealthState shown, string reason, Instant now) =>
        Observation.WithoutEvidence(shown, reason) with
        {
            Started = now,
            Ended = now,
        };

    internal override object? AfterBeat(object state, Observation beat, Instant now) =>
        new Waiting(beat, now, now + Every + Grace) { HasBeat = true };

    internal override BeatSchedule? BeatsOf(object state)
    {
        Waiting waiting = (Waiting)state;
        return new(
            waiting is { HasBeat: true, IsRestored: false } ? waiting.Since : null,
            waiting.Due + -(waiting.IsSilent ? Every + Grace : Grace),
            waiting.Due
        );
    }

    /// <summary>Other values count from the newest beat on, and at the earliest a <see cref="Grace"/> after the edit.</summary>
    internal override object AfterEdit(object state, Instant now)
    {
        Waiting waiting = (Waiting)state;
        return waiting.IsSilent
            ? waiting
            : waiting with
            {
                Due = Instant.Max(waiting.CountedFrom + Every + Grace, now + Grace),
            };
    }

    // A job that cannot reach this process is not silent.
    internal override bool CountsTime => true;

    internal override object AfterPause(object state, Instant from, Instant now)
    {
        Waiting waiting = (Waiting)state;
        // A beat may come before the pause is noticed.
        from = Instant.Max(from, waiting.Since);
        TimeSpan left = waiting.Due - from;
        return waiting with
        {
            Due = now + (waiting.Due <= now && Grace > left ? Grace : left),
            Discounted = waiting.Discounted + (now - from),
        };
    }

    /// <inheritdoc/>
    public override Step<Waiting> Next(Waiting state, IReadOnlyList<Observation?> seen, Instant now)
    {
        Waiting next = now > state.Due ? Silent(state, now) : state;
        return new(
            next,
            next.Newest.State == HealthState.Ok
                ? next.Newest with
                {
                    FreshUntil = next.Due,
                    EvidenceUntil = next.Due,
                }
                : next.Newest
        );
    }

    // What was missed while nobody judged it is one silence.
    private Waiting Silent(Waiting state, Instant now)
    {
        string age = ExplanationText.Rounded(now - state.Since);
        long periods = 1 + ((now - state.Due).Ticks / Every.Ticks);
        return state with
        {
            Newest = Observation.TimedOut(state.HasBeat ? $"no beat in {age}" : $"no beat in {age}, nor before"),
            Due = state.Due + (periods * Every),
            IsSilent = true,
        };
    }

    private protected override PersistedState ToPersistedState(Waiting state)
    {
        (string word, string reason) = state switch
        {
            { IsSilent: true } => (state.HasBeat ? SilentWord : NeverWord, ""),
            { HasBeat: false } => (WaitingWord, state.Newest.State.Word()),
            { Newest: { HasWarning: true } beat } => (WarningWord, beat.Reason),
            { Newest: var beat } => (beat.State.Word(), beat.Reason),
        };
        return new(word, reason) { Since = state.CountedFrom };
    }

    private protected override Waiting Restore(PersistedState persisted, TimeSpan age, Instant now)
    {
        HealthState shown = persisted.Word switch
        {
            PersistedState.Ok or WarningWord => HealthState.Ok,
            PersistedState.Fail or SilentWord or NeverWord => HealthState.Fail,
            WaitingWord => new PersistedState(persisted.Reason).State ?? InitialState,
            _ => HealthState.Error,
        };
        bool isSilent = persisted.Word is SilentWord or NeverWord;
        bool hasBeat = persisted.Word is not (NeverWord or WaitingWord);
        string reason =
            isSilent ? "no beat since before the restart"
            : hasBeat ? persisted.Reason
            : NoBeat;
        Observation newest = Placeholder(shown, reason, now) with { IsWarning = persisted.Word == WarningWord };
        Instant since = now + -age;
        return new(newest, since, Instant.Max(since + Every + Grace, now + Grace))
        {
            HasBeat = hasBeat,
            IsSilent = isSilent,
            IsRestored = true,
        };
    }

    private protected override NodeExplanation Explain(
        Waiting state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    )
    {
        string age = ExplanationText.Rounded(now - state.Since);
        string downtime = state.IsRestored ? ", downtime not counted" : "";
        string due = $"next beat due {ExplanationText.In(BeatsOf(state)!.Value.Next, now)}";
        return new(
            state.HasBeat ? $"last beat {age} ago{downtime}" : $"no beat in {age}{downtime}",
            state.Newest.State == HealthState.Ok
                ? $"fail {ExplanationText.In(state.Due, now)} without a beat"
                : "ok with a beat",
            state.IsSilent ? "" : due
        );
    }
}
