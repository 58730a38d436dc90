namespace Failover;

/// <summary>What a person has a component serve for a limited time, whatever it is judged to be.</summary>
/// <param name="Id">Of this override alone, never used again.</param>
/// <param name="Component">The component whose URL serves it; the nodes below it and whatever refers to them know nothing of it.</param>
/// <param name="Kind">What was asked for.</param>
/// <param name="State">What is served: ok or fail.</param>
/// <param name="Reason">Why, as the person says.</param>
/// <param name="User">Who set it.</param>
/// <param name="Source">From which address.</param>
/// <param name="Since">When it was set, by the wall clock.</param>
/// <param name="NoticeFrom">From when on people are warned that it expires into a fail.</param>
/// <param name="Until">The last moment at which it is in force.</param>
internal sealed record Override(
    string Id,
    string Component,
    OverrideKind Kind,
    HealthState State,
    string Reason,
    string User,
    string Source,
    DateTimeOffset Since,
    Instant NoticeFrom,
    Instant Until
)
{
    public static ChoiceOption<OverrideKind> KindOption { get; } =
        new("kind", "what the component serves: hold is the state that it has", OverrideKind.Hold);

    /// <summary>The default is an hour: an override that is forgotten ends by itself. What stays for longer than the 30 days that are the most
    /// belongs in the configuration.</summary>
    public static DurationOption LastsOption { get; } =
        new("for", "how long an override is in force", TimeSpan.FromHours(1));

    // The last quarter of a short one, and long enough to be read and acted upon in a long one.
    private static readonly TimeSpan LongestNotice = TimeSpan.FromMinutes(10);
    private const int NoticeFraction = 4;

    /// <summary>Whether it has been said that it is about to expire into a fail.</summary>
    public bool IsNoticed { get; init; }

    /// <summary>Whether it may serve ok over a latch.</summary>
    public bool MayHideLatch { get; init; }

    /// <summary>The <see cref="Latch.Number"/> of the newest latch of all when it was asked for.</summary>
    public long NewestLatch { get; init; }

    /// <summary>Whether it ends because of the latches of its component: one began later, or it has no right to hide them. A fail is what
    /// they come to.</summary>
    public bool YieldsTo(ServedComponent component) =>
        Kind != OverrideKind.Fail
        && component.IsLatched
        && ((State == HealthState.Ok && !MayHideLatch) || component.Latches.Any(latch => latch.Number > NewestLatch));

    /// <summary>As a person set it: <c>fail by alice: disk is replaced</c>.</summary>
    public string Text => $"{KindText} by {User}: {Reason}";

    /// <summary>What was asked for, and what that is served as: <c>hold (ok)</c>.</summary>
    public string KindText => Kind == OverrideKind.Hold ? $"hold ({State.Word()})" : State.Word();

    /// <summary>From when on people are warned.</summary>
    /// <param name="now">When it begins, or begins again.</param>
    /// <param name="lasts">For how long.</param>
    public static Instant NoticeFromOf(Instant now, TimeSpan lasts)
    {
        TimeSpan notice = lasts / NoticeFraction;
        return now + (lasts - (notice < LongestNotice ? notice : LongestNotice));
    }

    /// <summary>How it is stored.</summary>
    public StoredOverride Stored(Instant now) =>
        new(Component, Kind, State, Id, Reason, User, Source, Since, Until - now) { MayHideLatch = MayHideLatch };
}

/// <summary>An override that is asked for.</summary>
/// <param name="Kind">What the component is to serve.</param>
/// <param name="Reason">Why. Not empty.</param>
/// <param name="Lasts">For how long.</param>
/// <param name="Audit">Who asks, and from where; not null: an override has an owner.</param>
internal sealed record OverrideRequest(OverrideKind Kind, string Reason, TimeSpan Lasts, PostAudit Audit)
{
    /// <summary>The epoch that the person has seen; null: whatever it is. See <see cref="HealthMachine.EpochOf"/>.</summary>
    public string? Epoch { get; init; }

    /// <summary>Whether the person may reset the component, too: only then an ok hides a latch.</summary>
    public bool MayHideLatch { get; init; }
}
