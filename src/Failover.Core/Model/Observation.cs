namespace Failover;

/// <summary>The outcome of one evaluation of a task: state, reason, and when it started and ended.</summary>
/// <remarks>
/// A check makes one with <see cref="Ok"/>, <see cref="OkWithWarning"/>, <see cref="Fail"/>, <see cref="TimedOut"/> or <see cref="Error"/>; the
/// engine stamps it with times and an identity. A combinator's observation carries the identity of the newest evidence that it rests on, so that one
/// probe is counted once however many combinators pass it on and however often it is read.
/// </remarks>
public sealed record Observation
{
    private const long NoEvidence = 0;
    private const long NotStamped = -1;

    private Observation(HealthState state, string reason, long id)
    {
        State = state;
        // A check of the user's may be written without nullable annotations.
        Reason = reason ?? "";
        Id = id;
    }

    /// <summary>What was seen.</summary>
    public HealthState State { get; internal init; }

    /// <summary>Why, in a few words for people. May be empty.</summary>
    public string Reason { get; internal init; }

    /// <summary>The identity of the probe that this rests on: over 0, and higher for a later one. 0 where
    /// nothing has been seen yet.</summary>
    public long Id { get; internal init; }

    /// <summary>When the probe started; of several, the earliest.</summary>
    public Instant Started { get; internal init; }

    /// <summary>When the probe ended; of several, the latest.</summary>
    public Instant Ended { get; internal init; }

    /// <summary>When the probe ended; of several, the earliest: all of what this rests on is at least as new.</summary>
    internal Instant AllEndedSince
    {
        get => allEndedSince ?? Ended;
        init => allEndedSince = value;
    }

    private readonly Instant? allEndedSince;

    /// <summary>The last moment at which this may still be believed; <see cref="ReadAt"/> gives an error after it.</summary>
    public Instant FreshUntil { get; internal init; } = Instant.Never;

    /// <summary>The last moment at which the evidence below may be believed. It differs from <see cref="FreshUntil"/> in a
    /// fail that is held or latched: that stays a fail when its evidence runs dry, but an ok that is judged from it goes
    /// stale with the evidence.</summary>
    public Instant EvidenceUntil { get; internal init; } = Instant.Never;

    /// <summary>Where a <see cref="Hysteresis"/> changed to this state: the first of the observations that it counted; null where it counted
    /// none, and after a restart.</summary>
    public FirstContrary? FirstContrary { get; internal init; }

    /// <summary>Whether it rests on a probe: false for an initial state before the first result.</summary>
    public bool IsEvidence => Id != NoEvidence;

    /// <summary>Whether this is a fail that rests on elapsed time: no answer came before the deadline. False for a refusal and
    /// every other answer. A pause of this process may cause such a fail, so one that overlaps a pause is no evidence about
    /// the target.</summary>
    public bool IsTimeout => State == HealthState.Fail && IsDeadlineFailure;

    private bool IsDeadlineFailure { get; init; }

    /// <summary>Whether the target is up, and yet something calls for attention, which the reason says: a certificate that is about to
    /// expire. False for a fail and an error. It counts as every other ok.</summary>
    public bool HasWarning => State == HealthState.Ok && IsWarning;

    /// <summary>Whether the evidence calls for attention, whatever state a combinator makes of it.</summary>
    internal bool IsWarning { get; init; }

    /// <summary>Figures of the probe, as a Nagios plugin writes them behind its bar: <c>'label'=value[unit];…</c>, separated by spaces
    /// (Monitoring Plugins Development Guidelines, "Performance data"). Empty where there are none.</summary>
    public string PerformanceData
    {
        get => figures as string ?? ((Certified)figures).PerformanceData;
        init => figures = CertificateEnds is { } ends ? new Certified(value, ends) : value;
    }

    /// <summary>When the target's certificate expires; null where it presented none, or where the certificate was not checked.</summary>
    internal DateTimeOffset? CertificateEnds
    {
        get => (figures as Certified)?.CertificateEnds;
        init => figures = value is { } ends ? new Certified(PerformanceData, ends) : PerformanceData;
    }

    // A text, or a Certified: there are several observations for each probe, and hardly any has seen a certificate.
    private readonly object figures = "";

    private sealed record Certified(string PerformanceData, DateTimeOffset CertificateEnds);

    internal bool IsStamped => Id != NotStamped;

    /// <summary>The target is up.</summary>
    public static Observation Ok(string reason = "") => new(HealthState.Ok, reason, NotStamped);

    /// <summary>The target is up, and something calls for attention: an ok with <see cref="HasWarning"/>.</summary>
    /// <param name="reason">What calls for attention.</param>
    public static Observation OkWithWarning(string reason) => Ok(reason) with { IsWarning = true };

    /// <summary>The target is down, and why.</summary>
    public static Observation Fail(string reason) => new(HealthState.Fail, reason, NotStamped);

    /// <summary>The target did not answer before the deadline; the reason says what timed out. A fail with
    /// <see cref="IsTimeout"/>.</summary>
    public static Observation TimedOut(string reason) => Fail(reason) with { IsDeadlineFailure = true };

    /// <summary>It is unknown whether the target is up; the reason says why.</summary>
    public static Observation Error(string reason) => new(HealthState.Error, reason, NotStamped);

    /// <summary>A state that is shown although nothing has been seen: it counts for nothing.</summary>
    internal static Observation WithoutEvidence(HealthState state, string reason) => new(state, reason, NoEvidence);

    /// <summary>What is shown before the first evaluation.</summary>
    /// <param name="initial">The state that was described for that time; null where none was, which reads as fail.</param>
    internal static Observation NotEvaluated(HealthState? initial = null) =>
        initial is null or HealthState.Fail ? FailNotEvaluated : WithoutEvidence(initial.Value, NotEvaluatedReason);

    private const string NotEvaluatedReason = "not evaluated yet";

    private static readonly Observation FailNotEvaluated = WithoutEvidence(HealthState.Fail, NotEvaluatedReason);

    /// <summary>This observation as it reads at <paramref name="now"/>: itself, or an <see cref="HealthState.Error"/>
    /// once it is too old to be believed.</summary>
    public Observation ReadAt(Instant now) =>
        now <= FreshUntil
            ? this
            : this with
            {
                State = HealthState.Error,
                PerformanceData = "",
                FirstContrary = null,
                Reason = IsEvidence
                    ? $"stale: the newest result is {Units.Text(now - Ended)} old ({Reason})"
                    : $"stale: no result in {Units.Text(now - Started)}",
            };
}
