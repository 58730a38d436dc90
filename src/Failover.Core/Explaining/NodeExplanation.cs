using System.Collections.Immutable;

namespace Failover;

/// <summary>What a combinator says of itself for an <see cref="Explanation"/>.</summary>
/// <param name="Evidence">What it rests on; empty where there is nothing to say.</param>
/// <param name="Flip">What would change its state; empty where that depends on the nodes
/// below it.</param>
/// <param name="Beside">What else is to come, as when it goes stale. May be empty.</param>
internal sealed record NodeExplanation(string Evidence, string Flip, string Beside = "")
{
    /// <summary>What latches make it, its own or those below it; null where they do not decide.</summary>
    public HealthState? Latched { get; init; }

    /// <summary>Whether they make it fail.</summary>
    public bool IsLatched => Latched == HealthState.Fail;

    /// <summary>The same as <see cref="Flip"/>, in figures; empty where it is not by observations in a row.</summary>
    public ImmutableArray<StateForecast> Forecasts { get; init; } = [];

    public string Outlook => ExplanationText.Join(Flip, Beside);
}
