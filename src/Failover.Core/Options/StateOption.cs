namespace Failover.Abstractions;

/// <summary>An option that is a state to begin in: <c>ok</c> or <c>fail</c>.</summary>
/// <param name="Name">The constructor's parameter.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Default">The default in words.</param>
public sealed record StateOption(string Name, string Meaning, string Default) : ScalarOption(Name, Meaning)
{
    /// <inheritdoc/>
    public override string Accepted => "ok or fail";

    /// <inheritdoc/>
    public override string? Default { get; } = Default;

    /// <summary>The given value, checked.</summary>
    /// <exception cref="ArgumentException">Neither ok nor fail.</exception>
    public HealthState Check(HealthState given) =>
        given is HealthState.Ok or HealthState.Fail ? given : throw Refuse(given);

    internal override Parsed Parse(string text) =>
        Parsed.OneOf(text, [(HealthState.Ok.Word(), HealthState.Ok), (HealthState.Fail.Word(), HealthState.Fail)]);

    internal override string Text(object value) => ((HealthState)value).Word();
}
