namespace Failover;

// What is counted for metrics. Nothing is decided by it.
internal sealed partial class HealthMachine
{
    // Of as many kinds as there are types of checks in the program.
    private readonly Dictionary<string, ProbeCounts> probeCounts = new(StringComparer.Ordinal);
    private readonly Dictionary<Node, DateTimeOffset> certificates = [];
    private readonly HashSet<Vertex> verticesAbove = [];
    private ProbeCounts? counted;

    // How many components ask for a histogram of their own.
    private int histograms;

    /// <summary>The probes that have ended, by the kind of check.</summary>
    public IEnumerable<ProbeCounts> ProbeCounts => probeCounts.Values;

    /// <summary>Until when the newest certificates that checks saw are valid.</summary>
    public IReadOnlyCollection<KeyValuePair<Node, DateTimeOffset>> Certificates => certificates;

    private void CountProbe(Node check, Observation seen, TimeSpan duration)
    {
        string kind = check.Vertex.Task.KindName;
        // Most are of one kind.
        if (counted?.Kind != kind && !probeCounts.TryGetValue(kind, out counted))
        {
            counted = new(kind);
            probeCounts.Add(kind, counted);
        }

        counted!.Add(seen.State, duration);
        if (histograms > 0 && seen.State != HealthState.Error)
        {
            CountByComponent(check, duration);
        }

        if (seen.CertificateEnds is { } ends)
        {
            certificates[check] = ends;
        }
    }

    private void CountByComponent(Node check, TimeSpan duration)
    {
        foreach (string name in check.Vertex.ComponentsAbove(verticesAbove))
        {
            if (components.TryGetValue(name, out ServedComponent? component))
            {
                component.ProbeDurations?.Add(duration);
            }
        }

        verticesAbove.Clear();
    }
}
