using System.Collections.Immutable;

namespace Failover;

/// <summary>How the target of a check is read that is given apart from its other options.</summary>
/// <param name="Form">The options that it gives.</param>
/// <param name="Example">What stands for it in a description that leaves it out.</param>
internal sealed record TargetForm(ShortForm Form, string Example)
{
    /// <summary>Options that lead to elsewhere than the target: they are left out.</summary>
    public ImmutableArray<Option> Others { get; init; } = [];
}
