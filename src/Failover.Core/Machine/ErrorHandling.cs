namespace Failover;

/// <summary>How a component serves an error.</summary>
/// <param name="How">As which state.</param>
/// <param name="HoldsFor">For how long at most the last definite state is held, from the moment of the first error; it ends with the
/// bound, not at it.</param>
internal sealed record ErrorHandling(OnError How, TimeSpan HoldsFor)
{
    /// <summary>An error is served as an error.</summary>
    public static ErrorHandling None { get; } = new(OnError.Error, TimeSpan.Zero);

    public static ChoiceOption<OnError> HowOption { get; } =
        new(
            "onError",
            "as what an error is served: hold is the last definite state, for a limited time",
            OnError.Error
        );

    /// <summary>The default is 5 minutes: three turns of a loop that runs every 100 s, or the restart of a machine.</summary>
    public static DurationOption HoldsForOption { get; } =
        new(
            "onErrorFor",
            "for how long at most onError: hold holds the last definite state, from the first error on",
            TimeSpan.FromMinutes(5)
        );

    /// <summary>The given values, checked.</summary>
    /// <exception cref="ArgumentException">No such handling, or a duration out of range or beside another handling than
    /// <see cref="OnError.Hold"/>.</exception>
    public static ErrorHandling Of(OnError how, TimeSpan? holdsFor)
    {
        HowOption.Check(how);
        if (holdsFor is { } given && how != OnError.Hold)
        {
            throw new ArgumentException(
                $"{HoldsForOption.Name} is {Units.Text(given)} beside {HowOption.Name}: {how}; accepted: {HowOption.Name}: {OnError.Hold}, or no {HoldsForOption.Name}",
                HoldsForOption.Name
            );
        }

        TimeSpan bound = HoldsForOption.Check(holdsFor);
        return how == OnError.Hold ? new(how, bound) : new(how, TimeSpan.Zero);
    }

    /// <summary>As a file says it, with its bound: <c>hold for at most 5m</c>; null where an error is served as an error.</summary>
    public string? Text =>
        How switch
        {
            OnError.Error => null,
            OnError.Hold => $"{HowOption.Text(How)} for at most {DurationText.Exact(HoldsFor)}",
            _ => HowOption.Text(How),
        };

    /// <summary>What is served for an error.</summary>
    /// <param name="error">The error, with the moment of the first one of its kind.</param>
    /// <param name="definite">The last definite state that was served; null where there is none.</param>
    /// <param name="now">The time.</param>
    public Snapshot Serve(Snapshot error, Snapshot? definite, Instant now)
    {
        Instant until = error.ErrorSince + HoldsFor;
        return How switch
        {
            OnError.Error => error,
            OnError.Fail => error with
            {
                State = HealthState.Fail,
                Reason = $"error served as fail: {error.Reason}",
                HandledError = error.Reason,
                FreshUntil = Instant.Never,
            },
            OnError.Hold => definite is null || now > until
                ? error
                : error with
                {
                    State = definite.State,
                    Reason =
                        $"{definite.State.Word()} held for at most {Units.Text(HoldsFor)} of errors: {error.Reason}",
                    HandledError = error.Reason,
                    FreshUntil = until,
                },
            _ => throw new ArgumentOutOfRangeException(nameof(error), How, "no such handling"),
        };
    }
}
