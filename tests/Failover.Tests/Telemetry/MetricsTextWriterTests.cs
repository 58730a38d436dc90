using System.Text;

namespace Failover;

/// <summary>The text that is written, to the byte.</summary>
public sealed class MetricsTextWriterTests
{
    [Fact]
    public async Task Prometheus_text_has_help_type_and_samples() =>
        (await TextAsync(isOpenMetrics: false, WriteOneOfEach)).ShouldBe(
            """
            # HELP polls_total Polls.
            # TYPE polls_total counter
            polls_total{answer="ok"} 3
            # HELP took_seconds Times.
            # TYPE took_seconds histogram
            took_seconds_bucket{check="tcp",le="0.5"} 1
            took_seconds_bucket{check="tcp",le="1.0"} 2
            took_seconds_bucket{check="tcp",le="+Inf"} 3
            took_seconds_sum{check="tcp"} 4.5
            took_seconds_count{check="tcp"} 3
            # HELP started_seconds Start.
            # TYPE started_seconds gauge
            started_seconds 1772366400.25
            # HELP up Whether.
            # TYPE up gauge
            up 1

            """
        );

    [Fact]
    public async Task OpenMetrics_names_counters_without_total_and_has_units_and_an_end() =>
        (await TextAsync(isOpenMetrics: true, WriteOneOfEach)).ShouldBe(
            """
            # HELP polls Polls.
            # TYPE polls counter
            polls_total{answer="ok"} 3
            # HELP took_seconds Times.
            # TYPE took_seconds histogram
            # UNIT took_seconds seconds
            took_seconds_bucket{check="tcp",le="0.5"} 1
            took_seconds_bucket{check="tcp",le="1.0"} 2
            took_seconds_bucket{check="tcp",le="+Inf"} 3
            took_seconds_sum{check="tcp"} 4.5
            took_seconds_count{check="tcp"} 3
            # HELP started_seconds Start.
            # TYPE started_seconds gauge
            # UNIT started_seconds seconds
            started_seconds 1772366400.25
            # HELP up Whether.
            # TYPE up gauge
            up 1
            # EOF

            """
        );

    [Theory]
    [InlineData("mail", "mail")]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("\"", "\\\"")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\\\"\n", "a\\\\\\\"\\n")]
    [InlineData("\n\n", "\\n\\n")]
    [InlineData("a{b}=,c d", "a{b}=,c d")]
    [InlineData("näme 名前 🙂", "näme 名前 🙂")]
    [InlineData("", "")]
    public async Task A_value_of_a_label_is_any_text(string value, string written) =>
        (await TextAsync(isOpenMetrics: false, writer => writer.Sample(1, new MetricLabel("name", value)))).ShouldBe(
            $"{{name=\"{written}\"}} 1\n"
        );

    [Fact]
    public async Task However_many_samples_there_are_a_piece_of_them_is_in_memory()
    {
        MeasuredStream output = new();
        MetricsTextWriter writer = new(
            output,
            isOpenMetrics: false,
            families: null,
            TestContext.Current.CancellationToken
        );
        writer.Begin("many", MetricType.Gauge, "Many.");
        for (int i = 0; i < 100_000; i++)
        {
            writer.Sample(i, new MetricLabel("component", $"component-{i}"));
            await writer.SendIfFullAsync();
        }

        await writer.EndAsync();

        output.Written.ShouldBeGreaterThan(3_000_000);
        output.Longest.ShouldBeLessThan(MetricsTextWriter.PieceLength + 1024);
    }

    private static void WriteOneOfEach(MetricsWriter writer)
    {
        writer.Begin("polls_total", MetricType.Counter, "Polls.");
        writer.Sample(3, new MetricLabel("answer", "ok"));
        DurationCounts took = new([0.5, 1]);
        took.Add(Second(0.5));
        took.Add(Second(1));
        took.Add(Second(3));
        writer.Begin("took_seconds", MetricType.Histogram, "Times.");
        writer.Sample(took, new MetricLabel("check", "tcp"));
        writer.Begin("started_seconds", MetricType.Gauge, "Start.");
        writer.Sample(new DateTimeOffset(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero));
        writer.Begin("up", MetricType.Gauge, "Whether.");
        writer.Sample(isSo: true);
    }

    private static async Task<string> TextAsync(bool isOpenMetrics, Action<MetricsWriter> write)
    {
        using MemoryStream output = new();
        MetricsTextWriter writer = new(output, isOpenMetrics, families: null, TestContext.Current.CancellationToken);
        write(writer);
        await writer.EndAsync();
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private sealed class MeasuredStream : MemoryStream
    {
        public long Written { get; private set; }

        public int Longest { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written += buffer.Length;
            Longest = Math.Max(Longest, buffer.Length);
            return ValueTask.CompletedTask;
        }
    }
}
