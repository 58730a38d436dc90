using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Failover.Browser))]

namespace Failover;

/// <summary>Debian's Chromium, one for all tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        File.Exists(Program).ShouldBeTrue($"{Program} is missing: install chromium");
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Program,
                // Root, as CI runs, has no sandbox in Chromium.
                Args = ["--no-sandbox", "--disable-gpu"],
            }
        );
    }

    /// <summary>Opens the page of a daemon as somebody who has never been there.</summary>
    /// <param name="port">The port of the management listener.</param>
    /// <param name="view">What is opened: nothing, or <c>#/c/NAME</c>.</param>
    /// <param name="look">Size and colours.</param>
    internal async Task<OpenedPage> OpenAsync(int port, string view = "", Look? look = null)
    {
        IBrowserContext context = await browser!.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = (look ?? Look.Desktop).Width, Height = (look ?? Look.Desktop).Height },
                ColorScheme = look?.IsDark == true ? ColorScheme.Dark : ColorScheme.Light,
                // Nothing fades: what is measured is as it stays.
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        OpenedPage opened = await OpenedPage.OnAsync(context);
        await opened.Page.GotoAsync(FormattableString.Invariant($"http://127.0.0.1:{port}/-/{view}"));
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }
}

/// <summary>On what a page is looked at.</summary>
internal sealed record Look(int Width, int Height, bool IsDark)
{
    public static Look Desktop { get; } = new(1280, 800, IsDark: false);
    public static Look DarkDesktop { get; } = Desktop with { IsDark = true };
    public static Look Phone { get; } = new(360, 740, IsDark: false);
    public static Look DarkPhone { get; } = Phone with { IsDark = true };
    public static Look SmallestPhone { get; } = new(320, 600, IsDark: false);
}
