namespace Failover;

/// <summary>Sends metrics by OTLP, again and again: those that do not grow in number with the components.</summary>
/// <remarks>It reads what a scrape reads, in a task of its own, one request at a time. One that fails is not sent again: the next one has all that
/// it had, and more.</remarks>
/// <param name="sources">Has all metrics.</param>
/// <param name="identity">Has what the metrics are of: attributes of the resource, which settings may replace.</param>
/// <param name="version">The version of the program.</param>
/// <param name="startedAt">When counting began.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Takes why they cannot be sent, at the change.</param>
internal sealed class OtlpExporter(
    Func<IEnumerable<IMetricSource>> sources,
    Func<IEnumerable<KeyValuePair<string, string>>> identity,
    string version,
    DateTimeOffset startedAt,
    TimeProvider time,
    EventLog log
) : IMetricSource, IDisposable
{
    // Whatever the receiver asks for: it may come back earlier than it thinks.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private static readonly (OtlpResult Result, string Word)[] Results =
    [
        (OtlpResult.Ok, "ok"),
        (OtlpResult.Partial, "partial"),
        (OtlpResult.Failed, "failed"),
    ];

    private readonly long[] counts = new long[Results.Length];
    private readonly CancellationTokenSource end = new();
    private readonly SemaphoreSlim changed = new(0);
    private readonly OtlpTrouble trouble = new(time, log);
    private volatile OtlpSettings? settings;
    private bool isStarted;

    /// <summary>Sends them as these settings say, from now on. Ones that are no others change nothing.</summary>
    /// <param name="next">The settings; null: they are not sent.</param>
    public void Use(OtlpSettings? next)
    {
        if (next == settings)
        {
            return;
        }

        settings = next;
        if (isStarted)
        {
            changed.Release();
            return;
        }

        isStarted = true;
        _ = Task.Run(RunAsync);
    }

    /// <summary>Ends it, in the middle of a request if need be.</summary>
    public void Dispose() => end.Cancel();

    /// <inheritdoc/>
    public ValueTask WriteAsync(MetricsWriter writer)
    {
        writer.Begin(
            "failover_otlp_exports_total",
            MetricType.Counter,
            "Exports of metrics by OTLP, by what came of them."
        );
        foreach ((OtlpResult result, string word) in Results)
        {
            writer.Sample(Interlocked.Read(ref counts[(int)result]), new MetricLabel("outcome", word));
        }

        return ValueTask.CompletedTask;
    }

    private async Task RunAsync()
    {
        while (!end.IsCancellationRequested)
        {
            TimeSpan pause = settings is { } now ? await ExportAsync(now) : Timeout.InfiniteTimeSpan;
            using CancellationTokenSource due = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
            Task change = changed.WaitAsync(due.Token);
            await Task.WhenAny(change, Task.Delay(pause, time, due.Token));
            await due.CancelAsync();
        }
    }

    // How long to wait for the next one. Throws for nothing.
    private async Task<TimeSpan> ExportAsync(OtlpSettings now)
    {
        long began = time.GetTimestamp();
        OtlpOutcome outcome = default;
        try
        {
            outcome = await SendAsync(now);
            if (!end.IsCancellationRequested)
            {
                Interlocked.Increment(ref counts[(int)outcome.Result]);
                trouble.Report(now, outcome);
            }
        }
#pragma warning disable CA1031 // What cannot be said does not keep the next one from being tried.
        catch (Exception)
#pragma warning restore CA1031
        {
            // It is counted.
        }

        return PauseAfter(time.GetElapsedTime(began), now.Interval, outcome);
    }

    /// <summary>How long to wait after an export.</summary>
    /// <param name="took">How long it took.</param>
    /// <param name="interval">How often they are sent.</param>
    /// <param name="outcome">What came of it: the receiver may ask for a longer pause, of up to ten minutes.</param>
    public static TimeSpan PauseAfter(TimeSpan took, TimeSpan interval, OtlpOutcome outcome)
    {
        TimeSpan asked = outcome.Pause ?? default;
        // A date may have passed.
        TimeSpan wanted = TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, LongestPause.Ticks));
        TimeSpan pause = interval - took;
        return pause > wanted ? pause : wanted;
    }

    private async Task<OtlpOutcome> SendAsync(OtlpSettings now)
    {
        using CancellationTokenSource timeout = new(now.Timeout, time);
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(
            timeout.Token,
            end.Token
        );
        try
        {
            OtlpRequest request = new(startedAt, time.GetUtcNow());
            foreach (IMetricSource source in sources().Where(source => !source.IsPerComponent))
            {
                await source.WriteAsync(request);
            }

            return await new OtlpClient(now, version, time).SendAsync(
                request.End(Resource(now), version),
                deadline.Token
            );
        }
#pragma warning disable CA1031 // Whatever is wrong with one export, the next one is tried.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return OtlpOutcome.Failed($"{fault.GetType().Name}: {fault.Message}");
        }
    }

    // Of two of one name, what is configured.
    private IEnumerable<KeyValuePair<string, string>> Resource(OtlpSettings now) =>
        now.Resource.Concat(identity()).DistinctBy(attribute => attribute.Key, StringComparer.Ordinal);
}
