namespace Failover;

/// <summary>What is to be reached, what was measured, and whether it was: a row for each target.</summary>
internal sealed class Verdicts
{
    private readonly List<string[]> rows = [];

    /// <summary>A figure of Failover's is to be at most so many times another program's.</summary>
    /// <param name="work">What is done.</param>
    /// <param name="peer">Whose figure is compared.</param>
    /// <param name="own">Failover's, round by round.</param>
    /// <param name="its">The other's, round by round; null where it is missing.</param>
    /// <param name="most">The largest ratio of the medians that reaches the target.</param>
    public void AtMostTimes(string work, string peer, Series own, Series? its, double most) =>
        AddRatio(work, peer, own, its, $"≤ {Number.Text(most)} ×", ratio => ratio / most);

    /// <summary>A figure of Failover's is to be at least so many times another program's.</summary>
    public void AtLeastTimes(string work, string peer, Series own, Series? its, double least) =>
        AddRatio(work, peer, own, its, $"≥ {Number.Text(least)} ×", ratio => least / ratio);

    /// <summary>A figure of Failover's is to be at most so much.</summary>
    public void AtMost(string work, Series own, double most, string unit) =>
        Add(work, "", $"≤ {Number.Text(most)} {unit}", $"{own} {unit}", own.Median / most);

    /// <summary>What could not be measured, and why: it counts as missed.</summary>
    public void Refused(string work, string target, string reason) =>
        rows.Add([work, "", target, reason, "**missed**"]);

    /// <summary>All of them, in Markdown; empty where there are none.</summary>
    public string Table() =>
        rows.Count == 0
            ? ""
            : Tables.Table(
                "Targets",
                "Ratios are Failover's figure over the other's, of the medians; in parentheses the lowest and the highest of a round. A target is "
                    + "missed by how many times as far the figure would have to be moved.",
                ["work", "against", "target", "figure", "verdict"],
                rows
            );

    private void AddRatio(string work, string peer, Series own, Series? its, string target, Func<double, double> excess)
    {
        if (its is null || its.Count == 0)
        {
            rows.Add([work, peer, target, "", "not measured: it is missing here"]);
            return;
        }

        double ratio = own.Median / its.Median;
        Add(
            work,
            peer,
            target,
            $"{Number.Text(own.Median)} against {Number.Text(its.Median)}: {Number.Text(ratio)} × ({own.Over(its).Range})",
            excess(ratio)
        );
    }

    private void Add(string work, string peer, string target, string figure, double excess) =>
        rows.Add([work, peer, target, figure, excess <= 1 ? "reached" : $"**missed**, {Number.Text(excess)} ×"]);
}
