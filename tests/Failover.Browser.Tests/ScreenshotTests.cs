using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Playwright;

namespace Failover;

/// <summary>Draws docs/images: <c>./build.sh docs --screenshots</c>.</summary>
/// <remarks>The daemon, its states and its explanations are real. A day of history is not to be had in a test: that of <c>shop/web</c> is made
/// up.</remarks>
public sealed class ScreenshotTests(Browser browser)
{
    private static readonly string Images = Path.Combine(Repository.Root, "docs", "images");

    [Fact(Explicit = true)]
    public async Task Screenshots_are_drawn()
    {
        using Target up = Target.Started();
        using Target mail = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            access: {operate: PASSWORDS}
            components:
              mail: {tcp: "127.0.0.1:{{mail.Port}}", interval: 1s, fail_after: 2, ok_after: 2, latch: PASSWORDS}
              dns: {tcp: "127.0.0.1:{{up.Port}}", interval: 5s}
              shop/web: {http: "http://127.0.0.1:{{up.Port}}/health", interval: 2s, fail_after: 3}
              shop/db: {tcp: "127.0.0.1:1", interval: 20s, fail_after: 4, initial_state: ok}
              shop/search: {tcp: "127.0.0.1:{{up.Port}}", interval: 2s}
              shop/cache: {tcp: "127.0.0.1:1", interval: 2s, fail_after: 2}
              office/vpn: {tcp: "127.0.0.1:{{up.Port}}", interval: 2s}
              office/printer: {tcp: "127.0.0.1:{{up.Port}}", interval: 2s}
              office/files: {tcp: "127.0.0.1:{{up.Port}}", interval: 2s}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("mail", "OK");
        mail.Stop();
        await daemon.PollUntilAsync("mail", "FAIL");
        mail.Start();
        Directory.CreateDirectory(Images);

        await using (OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort, "#/c/office%2Ffiles"))
        {
            await opened.ClickAsync("Override…");
            await opened.Dialog.Locator("input[value=hold]").CheckAsync();
            await opened.Dialog.GetByLabel("Reason").FillAsync("disk is replaced");
            await opened.LogInAsync(DaemonFiles.Password);
            await OpenedPage.HasAsync(opened.Page.Locator(".summary"), "override: hold");
        }

        foreach (
            (string name, string view, Look look) in new[]
            {
                ("page-list", "", Look.Desktop with { Height = 640 }),
                ("page-component-dark", "#/c/shop%2Fweb", Look.DarkDesktop with { Height = 720 }),
                ("page-list-phone-dark", "", Look.DarkPhone),
                ("page-component-phone", "#/c/mail", Look.Phone),
            }
        )
        {
            await DrawAsync(daemon, name, view, look);
        }
    }

    /// <summary>The README opens with it. Nothing of it is made up.</summary>
    [Fact(Explicit = true)]
    public async Task The_demo_is_drawn()
    {
        await using ChildProcess demo = DaemonFiles.StartCommand("demo", "--port", "0", "--management-port", "0");
        string page = (await demo.LineAsync("  page ")).Split("http", 2)[1].Trim();
        int port = new Uri($"http{page}").Port;
        // Dark: it reads well on a light page, too.
        await using OpenedPage opened = await browser.OpenAsync(port, look: Look.DarkDesktop with { Height = 400 });
        // The first target has been down for long, and the second one for some seconds.
        await OpenedPage.HasAsync(opened.Row("mail-u5"), "latched");
        await OpenedPage.HasAsync(opened.Row("example-4"), "FAIL");
        await OpenedPage.HasAsync(opened.Row("example-3"), "failures; fail");
        await opened.Page.Mouse.MoveAsync(0, 0);
        await opened.Page.ScreenshotAsync(new() { Path = Path.Combine(Images, "demo.png") });

        // Killed, it would leave its folder.
        demo.Signal(PosixSignal.SIGINT);
        (await demo.ExitCodeAsync(within: Second(20))).ShouldBe(0, demo.ToString());
    }

    private async Task DrawAsync(RunningDaemon daemon, string name, string view, Look look)
    {
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort, look: look);
        await OpenedPage.HasAsync(opened.Row("mail"), "latched");
        await opened.Page.RouteAsync("**/history?component=shop*", route => AnswerAsync(route, History()));
        await opened.Page.RouteAsync("**/latency/shop/**", route => AnswerAsync(route, Latency()));
        if (view.Length > 0)
        {
            await opened.Page.EvaluateAsync("view => { location.hash = view; }", view);
            await OpenedPage.HasAsync(opened.Page.Locator(".timeline ~ .legend"), "ok");
        }
        else
        {
            await OpenedPage.HasAsync(opened.Row("shop/db"), "at the earliest in");
        }

        await opened.Page.Mouse.MoveAsync(0, 0);
        await opened.Page.ScreenshotAsync(new() { Path = Path.Combine(Images, $"{name}.png") });
    }

    private static Task AnswerAsync(IRoute route, object document) =>
        route.FulfillAsync(
            new()
            {
                ContentType = "application/json",
                Body = JsonSerializer.Serialize(document, JsonSerializerOptions.Web),
            }
        );

    private static object History()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        (double HoursAgo, string From, string To, string Reason)[] moves =
        [
            (2.1, "fail", "ok", "200 OK in 11ms"),
            (2.6, "ok", "fail", "status 503, expected 200"),
            (9.4, "fail", "ok", "200 OK in 14ms"),
            (9.6, "ok", "fail", "timeout after 10s"),
            (71, "fail", "ok", "200 OK in 9ms"),
        ];
        return new
        {
            transitions = moves.Select(move => new
            {
                at = now.AddHours(-move.HoursAgo),
                component = "shop/web",
                from = move.From,
                to = move.To,
                reason = move.Reason,
            }),
            posts = Array.Empty<object>(),
        };
    }

    // A wave with noise, always the same.
    private static object Latency()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return new
        {
            roll_ups = Enumerable
                .Range(1, 1439)
                .Select(minute =>
                {
                    double wave = 1 + (0.5 * Math.Sin(minute / 220.0));
                    double noise = minute / 30 * 7919 % 97 / 97.0;
                    double half = 0.011 * wave * (1 + (0.1 * noise));
                    double most = 0.03 * wave * (1 + noise);
                    return new
                    {
                        from = now.AddMinutes(-minute).ToString("o", CultureInfo.InvariantCulture),
                        p50 = half,
                        p99 = most,
                        max = most * 1.4,
                    };
                }),
        };
    }
}
