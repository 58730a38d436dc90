namespace Failover;

// What is counted for metrics. Nothing is decided by it.
internal sealed partial class HealthMachine
{
    // Of as many kinds as there are types of checks in the program.
    private readonly Dictionary<string, ProbeCounts> probeCounts = new(StringComparer.Ordinal);
    private readonly Dictionary<Node, DateTimeOffset> certificates = [];

    // By check: the histograms of the components above it that ask for one. Found when components change, not at each probe.
    private readonly Dictionary<Node, List<DurationCounts>> histograms = [];
    private ProbeCounts? counted;

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
        if (seen.State != HealthState.Error && histograms.TryGetValue(check, out List<DurationCounts>? byComponent))
        {
            foreach (DurationCounts histogram in byComponent)
            {
                histogram.Add(duration);
            }
        }

        if (seen.CertificateEnds is { } ends)
        {
            certificates[check] = ends;
        }
    }

    private void FindHistograms()
    {
        histograms.Clear();
        foreach (ServedComponent component in components.Values)
        {
            FindHistogramsOf(component);
        }
    }

    private void FindHistogramsOf(ServedComponent component)
    {
        if (component.ProbeDurations is not { } histogram)
        {
            return;
        }

        HashSet<Vertex> seen = [];
        Stack<Vertex> left = new([component.Root.Vertex]);
        while (left.TryPop(out Vertex? vertex))
        {
            if (!seen.Add(vertex))
            {
                continue;
            }

            if (vertex.Combinator is null)
            {
                if (!histograms.TryGetValue(vertex.Node, out List<DurationCounts>? above))
                {
                    histograms.Add(vertex.Node, above = []);
                }

                above.Add(histogram);
            }

            foreach (Vertex child in vertex.Children)
            {
                left.Push(child);
            }
        }
    }
}
