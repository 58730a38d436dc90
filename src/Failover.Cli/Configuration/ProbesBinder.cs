namespace Failover;

/// <summary>How many probes run at a time: <c>probes</c>.</summary>
internal sealed class ProbesBinder(OptionBinder options, ConfigurationErrors errors)
{
    private readonly LimitsBinder binder = new(options, errors, FileKeys.Probes, FileKeys.OfProbes);

    public ProbeLimits Bind(YamlNode? node) => binder.EntriesOf(node).Aggregate(new ProbeLimits(), Bind);

    private ProbeLimits Bind(ProbeLimits limits, YamlEntry entry) =>
        entry.Name switch
        {
            FileKeys.Max => limits with { Max = (int?)binder.BindCount(entry) },
            FileKeys.MaxPerHost => limits with { MaxPerHost = (int?)binder.BindCount(entry) },
            _ => throw new ArgumentException($"no such key: {entry.Name}", nameof(entry)),
        };
}
