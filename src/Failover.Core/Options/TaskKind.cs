using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>A kind of task as data: what it is called, what it is for and which options it has.</summary>
/// <param name="Name">The short name, as <c>tcp</c>.</param>
/// <param name="Meaning">What it does, in one sentence without a full stop.</param>
/// <param name="Options">Its options, in the order of the constructor.</param>
public sealed record TaskKind(string Name, string Meaning, ImmutableArray<Option> Options)
{
    /// <summary>Makes a task of the values of its options, in their order; null for one that is left out, which may
    /// be one that has a default only. Null where a task of this kind cannot be made of what a file can say.</summary>
    internal Func<ImmutableArray<object?>, HealthTask>? Make { get; init; }

    /// <summary>Whether the default that a file has for an option is meant for a task with these values; null where it always is. One for many
    /// tasks may have no meaning for one of them, where it would be refused if it were given.</summary>
    internal Func<Option, ImmutableArray<object?>, bool>? TakesDefault { get; init; }

    /// <summary>The option whose value a file says in the place of all of them, as <c>not: TASK</c>; null where each has its key.</summary>
    internal Option? WholeOption { get; init; }

    /// <summary>How one text says what most tasks of this kind need; null where none does.</summary>
    internal ShortForm? ShortForm { get; init; }

    /// <summary>How a target is read that is given for each probe; null where tasks of this kind have none, or not one alone.</summary>
    internal TargetForm? Target { get; init; }
}
