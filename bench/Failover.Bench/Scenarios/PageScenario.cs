using Microsoft.Playwright;

namespace Failover;

/// <summary>The page with a list of 5,000 components, in Chromium: how soon there is something to see, and how smoothly it scrolls.</summary>
internal static class PageScenario
{
    // Noted as the page's own scripts run: what is asked for afterwards would come too late. The driver puts it there, not the page, whose
    // policy allows none.
    private const string NoteFirstRow = """
        new MutationObserver((_, observer) => {
          if (document.querySelector(".row.component")) {
            window.firstRow = performance.now();
            observer.disconnect();
          }
        }).observe(document, { childList: true, subtree: true });
        """;

    // From the top to the bottom in so many ms.
    private const string Scroll = """
        async milliseconds => {
          const scroller = document.querySelector(".scroller");
          const frames = [await new Promise(requestAnimationFrame)];
          while (frames.at(-1) - frames[0] < milliseconds) {
            scroller.scrollTop = ((scroller.scrollHeight - scroller.clientHeight) * (frames.at(-1) - frames[0])) / milliseconds;
            frames.push(await new Promise(requestAnimationFrame));
          }
          const lengths = frames.slice(1).map((at, index) => at - frames[index]);
          return [(1000 * lengths.length) / (frames.at(-1) - frames[0]), Math.max(...lengths)];
        }
        """;

    public static async Task<string> RunAsync(Bench bench)
    {
        using TargetListeners targets = new();
        ChecksPlan plan = new(bench.Full(5_000, 500), targets.Ports);
        await using DaemonServer failover = await DaemonServer.StartAsync(bench, plan);
        await failover.WhenAllOkAsync(bench.Stop);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Peers.Chromium.Path, Args = ["--no-sandbox", "--disable-gpu"] }
        );
        PageFigures figures = new();
        for (int round = 0; round < bench.Rounds; round++)
        {
            await MeasureAsync(bench, browser, failover.ManagementPort, figures);
        }

        return Tables.Table(
            $"The page with {plan.Count:N0} components",
            $"In Chromium {browser.Version} without a screen and a GPU, all of it on one core, 1280 × 800; the daemon on the other one, with "
                + $"a check every {plan.IntervalSeconds} s for each component. A tab that has never been there, from the start of the navigation: ms until "
                + "something is painted (first contentful paint), and until there are rows. Then from the top of the list to its end within "
                + $"{ScrollTime(bench).TotalSeconds} s: frames a second, of which the browser draws at most 60, and the longest time between two, in ms.",
            ["", "first paint", "first rows", "frames/s", "longest frame"],
            [figures.Row()]
        );
    }

    private static TimeSpan ScrollTime(Bench bench) => TimeSpan.FromSeconds(bench.Full(5, 1));

    private static async Task MeasureAsync(Bench bench, IBrowser browser, int port, PageFigures figures)
    {
        bench.Stop.ThrowIfCancellationRequested();
        await using IBrowserContext context = await browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = 1280, Height = 800 },
            }
        );
        await context.AddInitScriptAsync(NoteFirstRow);
        IPage page = await context.NewPageAsync();
        try
        {
            await page.GotoAsync(FormattableString.Invariant($"http://127.0.0.1:{port}/-/"));
            await page.WaitForFunctionAsync("() => window.firstRow");
            double painted = await page.EvaluateAsync<double>(
                "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
            );
            double rows = await page.EvaluateAsync<double>("() => window.firstRow");
            // What loading has left to do is over then.
            await Task.Delay(bench.Full(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1)), bench.Stop);
            double[] scrolled = await page.EvaluateAsync<double[]>(Scroll, ScrollTime(bench).TotalMilliseconds);
            figures.Painted.Add(painted);
            figures.Rows.Add(rows);
            figures.FramesPerSecond.Add(scrolled[0]);
            figures.LongestFrame.Add(scrolled[1]);
            Bench.Say(
                $"  first paint {Number.Text(painted)} ms, first rows {Number.Text(rows)} ms, {Number.Text(scrolled[0])} frames/s, "
                    + $"longest {Number.Text(scrolled[1])} ms"
            );
        }
        catch (PlaywrightException fault)
        {
            throw new BenchException($"Chromium: {fault.Message}");
        }
    }
}

/// <summary>What several loads of the page gave.</summary>
internal sealed class PageFigures
{
    public Series Painted { get; } = new();

    public Series Rows { get; } = new();

    public Series FramesPerSecond { get; } = new();

    public Series LongestFrame { get; } = new();

    public string[] Row() => ["the page at `/-/`", $"{Painted}", $"{Rows}", $"{FramesPerSecond}", $"{LongestFrame}"];
}
