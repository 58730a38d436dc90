using System.Collections.Immutable;

namespace Failover;

/// <summary>How many probes run at a time, and which may be asked for: <c>probes</c>.</summary>
internal sealed class ProbesBinder(TaskBinder tasks, OptionBinder options, ConfigurationErrors errors)
{
    private readonly LimitsBinder binder = new(options, errors, FileKeys.Probes, FileKeys.OfProbes);

    public (ProbeLimits Limits, ModuleSet Modules) Bind(YamlNode? node) =>
        binder.EntriesOf(node).Aggregate((new ProbeLimits(), ModuleSet.None), Bind);

    private (ProbeLimits, ModuleSet) Bind((ProbeLimits Limits, ModuleSet Modules) bound, YamlEntry entry) =>
        entry.Name switch
        {
            FileKeys.Max => (bound.Limits with { Max = (int?)binder.BindCount(entry) }, bound.Modules),
            FileKeys.MaxPerHost => (bound.Limits with { MaxPerHost = (int?)binder.BindCount(entry) }, bound.Modules),
            FileKeys.Modules => (bound.Limits, bound.Modules with { Modules = Modules(entry.Value) }),
            FileKeys.Targets => (bound.Limits, bound.Modules with { Targets = new(Targets(entry.Value)) }),
            _ => throw new ArgumentException($"no such key: {entry.Name}", nameof(entry)),
        };

    private ImmutableArray<ProbeModule> Modules(YamlNode node)
    {
        if (node is not YamlMap map)
        {
            errors.Add(
                node.Position,
                $"{FileKeys.Modules} is {node.Shape}",
                FileKeys.OfProbes.Of(FileKeys.Modules).Accepted
            );
            return [];
        }

        return
        [
            .. map
                .Entries.Select(entry =>
                    tasks.BindModule(entry.Value, entry.Name) is { } check ? new ProbeModule(entry.Name, check) : null
                )
                .OfType<ProbeModule>(),
        ];
    }

    private ImmutableArray<AllowedTarget> Targets(YamlNode node) =>
        [.. (node is YamlList list ? list.Items : [node]).Select(Target).OfType<AllowedTarget>()];

    private AllowedTarget? Target(YamlNode node) =>
        options.ReadText(node, FileKeys.Targets, AllowedTarget.Accepted) is { } given
            ? (AllowedTarget?)
                options.Take(AllowedTarget.Parse(given.Text), FileKeys.Targets, given, AllowedTarget.Accepted)
            : null;
}
