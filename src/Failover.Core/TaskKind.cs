using System.Collections.Immutable;

namespace Failover;

/// <summary>A kind of task as data: what it is called, what it is for and which options it has.</summary>
/// <param name="Name">The short name, as <c>tcp</c>.</param>
/// <param name="Meaning">What it does, in one sentence without a full stop.</param>
/// <param name="Options">Its options, in the order of the constructor.</param>
public sealed record TaskKind(string Name, string Meaning, ImmutableArray<Option> Options);
