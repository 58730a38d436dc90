namespace Failover;

/// <summary>One figure, taken several times.</summary>
internal sealed class Series
{
    private readonly List<double> values = [];

    public double Median => new Distribution(values).At(0.5);

    public void Add(double value) => values.Add(value);

    /// <summary>The median, and the lowest and highest where there are several.</summary>
    public override string ToString() =>
        values.Count == 1
            ? Number.Text(Median)
            : $"{Number.Text(Median)} ({Number.Text(values.Min())}–{Number.Text(values.Max())})";
}
