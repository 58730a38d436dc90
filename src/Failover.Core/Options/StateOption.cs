namespace Failover.Abstractions;

/// <summary>An option that is a state to begin in: <c>ok</c> or <c>fail</c>.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">The default in words.</param>
public sealed record StateOption(string Name, string Meaning, string Default) : ScalarOption(Name, Meaning)
{
    /// <summary>How files spell <see cref="Units.First"/>.</summary>
    internal const string First = "first";

    /// <inheritdoc/>
    public override string Accepted => TakesFirst ? $"ok, fail or {First}" : "ok or fail";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    /// <summary>Whether <see cref="Units.First"/> is accepted too: error until the first definite result, which decides.</summary>
    public bool TakesFirst { get; init; }

    /// <summary>The given value, checked.</summary>
    /// <exception cref="ArgumentException">Neither ok nor fail, nor first where that is accepted.</exception>
    public HealthState Check(HealthState given) =>
        given is HealthState.Ok or HealthState.Fail || (TakesFirst && given == Units.First)
            ? given
            : throw Refuse(given);

    internal override Parsed Parse(string text) => Parsed.OneOf(text, Words);

    internal override string Text(object value) =>
        (HealthState)value == Units.First ? First : ((HealthState)value).Word();

    /// <summary>The words that are accepted, with what they say.</summary>
    internal IEnumerable<(string Word, HealthState Value)> Words
    {
        get
        {
            yield return (HealthState.Ok.Word(), HealthState.Ok);
            yield return (HealthState.Fail.Word(), HealthState.Fail);
            if (TakesFirst)
            {
                yield return (First, Units.First);
            }
        }
    }
}
