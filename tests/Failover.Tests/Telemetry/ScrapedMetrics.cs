namespace Failover;

/// <summary>What a scrape says, by series: <c>failover_polls_total{answer="ok"}</c>.</summary>
internal static class ScrapedMetrics
{
    public static async Task<IReadOnlyDictionary<string, string>> OfAsync(IMetricSource source)
    {
        using MemoryStream output = new();
        MetricsTextWriter writer = new(
            output,
            isOpenMetrics: false,
            families: null,
            TestContext.Current.CancellationToken
        );
        await source.WriteAsync(writer);
        await writer.EndAsync();
        return Of(System.Text.Encoding.UTF8.GetString(output.ToArray()));
    }

    public static IReadOnlyDictionary<string, string> Of(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .ToDictionary(line => line[..line.LastIndexOf(' ')], line => line[(line.LastIndexOf(' ') + 1)..]);
}
