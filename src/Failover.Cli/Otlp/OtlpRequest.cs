namespace Failover;

/// <summary>Makes the request of OTLP that exports metrics.</summary>
/// <remarks>Source of the field numbers: opentelemetry-proto 1.x, <c>ExportMetricsServiceRequest</c> and below it. Names and labels are those of
/// <c>/-/metrics</c>, as OpenTelemetry's specification has it for metrics that come from Prometheus ("Prometheus and OpenMetrics
/// Compatibility"); counts are cumulative from the start of the process.</remarks>
/// <param name="startedAt">When counting began.</param>
/// <param name="now">The moment of the values.</param>
internal sealed class OtlpRequest(DateTimeOffset startedAt, DateTimeOffset now) : MetricsWriter
{
    private const int Gauge = 5;
    private const int Sum = 7;
    private const int Histogram = 9;
    private const ulong Cumulative = 2;

    // Of a point of a gauge or a sum, and of one of a histogram.
    private const int AttributesOfNumber = 7;
    private const int AttributesOfHistogram = 9;

    // A clock that was set back since then: no point begins after its moment.
    private readonly ulong start = Nanoseconds(startedAt < now ? startedAt : now);
    private readonly ulong time = Nanoseconds(now);
    private readonly ProtobufWriter metrics = new();
    private readonly ProtobufWriter points = new();
    private (string Family, MetricType Type, string Help) begun;

    /// <inheritdoc/>
    public override bool Begin(string family, MetricType type, string help)
    {
        EndFamily();
        begun = (family, type, help);
        return true;
    }

    /// <inheritdoc/>
    public override void Sample(long value, params ReadOnlySpan<MetricLabel> labels)
    {
        ProtobufWriter point = Point(AttributesOfNumber, labels);
        point.WriteFixed(6, unchecked((ulong)value));
        points.WriteMessage(1, message => message.Append(point));
    }

    /// <inheritdoc/>
    public override void Sample(double value, params ReadOnlySpan<MetricLabel> labels)
    {
        ProtobufWriter point = Point(AttributesOfNumber, labels);
        point.WriteDouble(4, value);
        points.WriteMessage(1, message => message.Append(point));
    }

    /// <inheritdoc/>
    public override void Sample(DurationCounts counted, params ReadOnlySpan<MetricLabel> labels)
    {
        ProtobufWriter point = Point(AttributesOfHistogram, labels);
        point.WriteFixed(4, (ulong)counted.Counts.Sum());
        point.WriteDouble(5, counted.Sum);
        point.WritePacked(6, counted.Counts.Select(count => (ulong)count));
        point.WritePacked(7, counted.Bounds.Select(BitConverter.DoubleToUInt64Bits));
        points.WriteMessage(1, message => message.Append(point));
    }

    /// <summary>Does nothing: there are few metrics, and they are sent as one.</summary>
    public override ValueTask SendIfFullAsync() => ValueTask.CompletedTask;

    /// <summary>Ends it.</summary>
    /// <param name="resource">What the metrics are of.</param>
    /// <param name="version">The version of the program.</param>
    public byte[] End(IEnumerable<KeyValuePair<string, string>> resource, string version)
    {
        EndFamily();
        ProtobufWriter request = new();
        request.WriteMessage(
            1,
            ofResource =>
            {
                ofResource.WriteMessage(
                    1,
                    message =>
                    {
                        foreach ((string name, string value) in resource)
                        {
                            WriteAttribute(message, 1, name, value);
                        }
                    }
                );
                ofResource.WriteMessage(
                    2,
                    ofScope =>
                    {
                        ofScope.WriteMessage(
                            1,
                            scope =>
                            {
                                scope.WriteText(1, "Failover");
                                scope.WriteText(2, version);
                            }
                        );
                        ofScope.Append(metrics);
                    }
                );
            }
        );
        return request.Written.ToArray();
    }

    // One without a sample is left out.
    private void EndFamily()
    {
        if (points.Written.IsEmpty)
        {
            return;
        }

        (string family, MetricType type, string help) = begun;
        metrics.WriteMessage(
            2,
            metric =>
            {
                metric.WriteText(1, family);
                metric.WriteText(2, help);
                // As UCUM writes it.
                switch (UnitOf(WithoutTotal(family, type)))
                {
                    case "seconds":
                        metric.WriteText(3, "s");
                        break;
                    case "bytes":
                        metric.WriteText(3, "By");
                        break;
                }

                metric.WriteMessage(
                    type switch
                    {
                        MetricType.Gauge => Gauge,
                        MetricType.Counter => Sum,
                        MetricType.Histogram => Histogram,
                        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such type"),
                    },
                    data =>
                    {
                        data.Append(points);
                        if (type != MetricType.Gauge)
                        {
                            data.WriteVarint(2, Cumulative);
                        }

                        if (type == MetricType.Counter)
                        {
                            // It only grows.
                            data.WriteVarint(3, 1);
                        }
                    }
                );
            }
        );
        points.Clear();
    }

    private ProtobufWriter Point(int attributes, ReadOnlySpan<MetricLabel> labels)
    {
        ProtobufWriter point = new();
        if (begun.Type != MetricType.Gauge)
        {
            point.WriteFixed(2, start);
        }

        point.WriteFixed(3, time);
        foreach (MetricLabel label in labels)
        {
            WriteAttribute(point, attributes, label.Name, label.Value);
        }

        return point;
    }

    private static void WriteAttribute(ProtobufWriter message, int field, string name, string value) =>
        message.WriteMessage(
            field,
            attribute =>
            {
                attribute.WriteText(1, name);
                attribute.WriteMessage(2, any => any.WriteText(1, value));
            }
        );

    private static ulong Nanoseconds(DateTimeOffset at) =>
        (ulong)(at - DateTimeOffset.UnixEpoch).Ticks * (ulong)TimeSpan.NanosecondsPerTick;
}
