using System.IO.Enumeration;

namespace Failover;

/// <summary>Metrics of the process, by the names that the client libraries of Prometheus agree on.</summary>
/// <param name="startedAt">When it began to serve.</param>
internal sealed class ProcessMetrics(DateTimeOffset startedAt) : IMetricSource
{
    private const string OpenDescriptors = "/proc/self/fd";

    private static readonly EnumerationOptions All = new() { AttributesToSkip = default };

    /// <inheritdoc/>
    public ValueTask WriteAsync(MetricsWriter writer)
    {
        writer.Begin("process_start_time_seconds", MetricType.Gauge, "When the process began to serve.");
        writer.Sample(startedAt);
        writer.Begin(
            "process_cpu_seconds_total",
            MetricType.Counter,
            "Time of processors that the process has used, in user and system mode."
        );
        writer.Sample(Environment.CpuUsage.TotalTime.TotalSeconds);
        writer.Begin("process_resident_memory_bytes", MetricType.Gauge, "Memory of the process that is resident.");
        writer.Sample(Environment.WorkingSet);
        // The families are there even where they have no sample: a scrape may ask for one by its name.
        writer.Begin("process_open_fds", MetricType.Gauge, "Descriptors that are open.");
        if (OperatingSystem.IsLinux() && CountDescriptors() is { } open)
        {
            writer.Sample(open);
        }

        writer.Begin("process_max_fds", MetricType.Gauge, "How many descriptors may be open.");
        if (ResourceLimit.Descriptors is { } limit)
        {
            writer.Sample((double)limit);
        }

        return ValueTask.CompletedTask;
    }

    // Counting takes a descriptor. Where there is none, the other metrics tell so.
    private static long? CountDescriptors()
    {
        try
        {
            return new FileSystemEnumerable<int>(OpenDescriptors, (ref FileSystemEntry _) => 0, All).LongCount();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
