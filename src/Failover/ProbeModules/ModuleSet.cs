using System.Collections.Immutable;

namespace Failover;

/// <summary>What may be asked to be probed: by which modules, and which targets.</summary>
/// <param name="Modules">Each with a name of its own.</param>
/// <param name="Targets">The targets.</param>
internal sealed record ModuleSet(ImmutableArray<ProbeModule> Modules, AllowedTargets Targets)
{
    /// <summary>Nothing.</summary>
    public static ModuleSet None { get; } = new([], AllowedTargets.None);

    /// <summary>The module of a name; null where there is none.</summary>
    public ProbeModule? Find(string name) => Modules.FirstOrDefault(module => module.Name == name);
}
