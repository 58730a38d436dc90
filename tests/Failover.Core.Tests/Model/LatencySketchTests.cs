namespace Failover;

public sealed class LatencySketchTests
{
    private static readonly double[] Parts = [0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1];

    public static TheoryData<string> Shapes => ["even", "exponential", "two humps", "one", "tiny"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Percentiles_are_within_two_percent_of_the_exact_ones(string shape)
    {
        TimeSpan[] sorted = [.. Durations(shape, new Random(7)).Order()];
        LatencySketch sketch = Of(sorted);

        foreach (double part in Parts)
        {
            TimeSpan exact = sorted[(int)Math.Ceiling(part * sorted.Length) - 1];
            double error = Math.Abs((sketch.Percentile(part) - exact) / exact);

            error.ShouldBeLessThanOrEqualTo(0.02, $"p{100 * part} of {shape} is {exact}");
        }
    }

    [Fact]
    public void Every_duration_is_within_two_percent_of_its_bucket_up_to_a_year()
    {
        for (double micros = 1; micros < TimeSpan.FromDays(365).TotalMicroseconds; micros = Math.Ceiling(micros * 1.01))
        {
            TimeSpan duration = TimeSpan.FromMicroseconds(micros);
            TimeSpan read = LatencySketch.ValueOf(LatencySketch.BucketOf(duration));

            Math.Abs((read - duration) / duration).ShouldBeLessThanOrEqualTo(0.02, $"{duration}");
        }
    }

    [Fact]
    public void What_is_out_of_bounds_is_counted_at_the_bound()
    {
        LatencySketch.BucketOf(TimeSpan.FromSeconds(-1)).ShouldBe(0);
        LatencySketch.BucketOf(TimeSpan.Zero).ShouldBe(0);
        LatencySketch.BucketOf(TimeSpan.MaxValue).ShouldBe(LatencySketch.Buckets - 1);
        LatencySketch.Buckets.ShouldBeLessThanOrEqualTo(1 << 12, "a tally has 12 bits for it");
    }

    [Fact]
    public void Sketches_of_parts_add_up_to_the_sketch_of_the_whole()
    {
        TimeSpan[] all = [.. Durations("exponential", new Random(3))];
        LatencySketch sum = new();
        foreach (TimeSpan[] part in all.Chunk(97))
        {
            sum.TryAdd(Written(Of(part))).ShouldBeTrue();
        }

        Written(sum).ShouldBe(Written(Of(all)));
        sum.Count.ShouldBe(all.Length);
        Parts.Select(sum.Percentile).ShouldBe(Parts.Select(Of(all).Percentile));
    }

    [Fact]
    public void An_empty_sketch_is_no_bytes_and_has_no_percentile()
    {
        Written(new()).ShouldBeEmpty();
        new LatencySketch().Percentile(0.99).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Six_probes_of_a_minute_take_few_bytes() =>
        Written(Of(Durations("exponential", new Random(1)).Take(6))).Length.ShouldBeLessThan(20);

    [Theory]
    [InlineData("80")]
    [InlineData("05")]
    [InlineData("ff7f01")]
    [InlineData("01ffffffffffffffffff01")]
    [InlineData("80808080808080808080808001")]
    public void Damaged_bytes_are_noticed(string bytes) =>
        new LatencySketch().TryAdd(Convert.FromHexString(bytes)).ShouldBeFalse();

    private static LatencySketch Of(IEnumerable<TimeSpan> durations)
    {
        LatencySketch sketch = new();
        foreach (TimeSpan duration in durations)
        {
            sketch.Add(LatencySketch.BucketOf(duration));
        }

        return sketch;
    }

    private static byte[] Written(LatencySketch sketch)
    {
        LatencySketch.Writer writer = new();
        sketch.WriteTo(writer);
        return writer.Written.ToArray();
    }

    private static IEnumerable<TimeSpan> Durations(string shape, Random random) =>
        Enumerable
            .Range(0, shape == "one" ? 1 : 10_000)
            .Select(_ =>
                shape switch
                {
                    "even" => random.NextDouble() * 10,
                    "exponential" => -Math.Log(1 - random.NextDouble()) * 0.005,
                    "two humps" => random.Next(10) == 0
                        ? 5 + random.NextDouble()
                        : 0.001 + (random.NextDouble() / 1000),
                    "tiny" => 0.000_001 * random.Next(1, 60),
                    _ => 0.123,
                }
            )
            // To the microsecond, as it is counted.
            .Select(seconds => TimeSpan.FromMicroseconds(Math.Max(1, Math.Round(seconds * 1_000_000))));
}
