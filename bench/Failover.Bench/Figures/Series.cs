namespace Failover;

/// <summary>One figure, taken several times.</summary>
internal sealed class Series
{
    private readonly List<double> values = [];

    public Series(params IEnumerable<double> values) => this.values.AddRange(values);

    public int Count => values.Count;

    public IReadOnlyList<double> Values => values;

    public double Median => new Distribution(values).At(0.5);

    public void Add(double value) => values.Add(value);

    /// <summary>How many times as much as another one, round by round.</summary>
    public Series Over(Series other) => new(values.Zip(other.values, (own, its) => own / its));

    /// <summary>The lowest and the highest.</summary>
    public string Range => values.Count == 0 ? "" : $"{Number.Text(values.Min())}–{Number.Text(values.Max())}";

    /// <summary>The median, and the lowest and highest where there are several.</summary>
    public override string ToString() => values.Count <= 1 ? Number.Text(Median) : $"{Number.Text(Median)} ({Range})";
}
