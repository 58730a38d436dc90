using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>What a decision returns.</summary>
/// <typeparam name="TState">What the combinator remembers from one decision to the next.</typeparam>
/// <param name="State">The next state.</param>
/// <param name="Observation">What the combinator shows from now on.</param>
/// <param name="ToRestart">Children that forget what they have judged, and all below them: their evidence belongs to an
/// earlier time. They take the state that <paramref name="Observation"/> shows. Empty nearly always.</param>
public readonly record struct Step<TState>(TState State, Observation Observation, ImmutableArray<HealthTask> ToRestart)
{
    /// <summary>A step that leaves the children as they are.</summary>
    public Step(TState state, Observation observation)
        : this(state, observation, []) { }
}
