using System.Text.Json;
using Microsoft.Playwright;

namespace Failover;

/// <summary>How current the page is, and what it says of that: without the daemon, without events, and in the background.</summary>
public sealed class PageFreshnessTests(Browser browser)
{
    private const string Events = "**/api/v1/events*";
    private const string Yaml = """
        components:
          mail: {tcp: "127.0.0.1:1", interval: 1h}
        """;

    [Fact]
    public async Task It_says_since_when_it_is_stale_and_goes_on_by_itself()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(
            """
            management: 127.0.0.1:0
            components:
              mail: {tcp: "127.0.0.1:1", interval: 1h}
            """
        );
        RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");
        await IsAsync(opened, "live");

        await daemon.DisposeAsync();
        await OpenedPage.HasAsync(opened.Page.Locator(".banner"), "stale since");
        await IsAsync(opened, "stale");

        files.Write(
            $$"""
            management: 127.0.0.1:{{daemon.ManagementPort}}
            components:
              mail: {tcp: "127.0.0.1:1", interval: 1h}
              post: {tcp: "127.0.0.1:1", interval: 1h}
            """
        );
        await using RunningDaemon next = await files.ServeAsync();
        await OpenedPage.HasAsync(opened.Row("post"), "FAIL");
        await Assertions.Expect(opened.Page.Locator(".banner")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_request_without_an_answer_is_given_up_after_ten_seconds()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(Yaml);
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");

        await opened.Page.Clock.InstallAsync();
        await opened.Page.RouteAsync("**/api/v1/status", _ => { });
        await opened.Page.RunAndWaitForRequestAsync(() => opened.Page.ReloadAsync(), "**/api/v1/status");
        await opened.Page.Clock.FastForwardAsync(10_000);
        await OpenedPage.HasAsync(
            opened.Page.Locator(".banner"),
            "The daemon has not answered in time. Nothing could be read yet."
        );

        await opened.Page.UnrouteAllAsync();
        await opened.Page.Clock.FastForwardAsync(2_000);
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");
        await Assertions.Expect(opened.Page.Locator(".banner")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Without_events_it_is_not_stale()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(Yaml);
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        await IsAsync(opened, "live");

        int asked = 0;
        await opened.Page.RouteAsync(
            Events,
            route =>
            {
                asked++;
                return route.FulfillAsync(
                    new()
                    {
                        Status = 503,
                        Headers = new Dictionary<string, string> { ["Retry-After"] = "3600" },
                    }
                );
            }
        );
        await opened.Page.ReloadAsync();
        await IsAsync(opened, "no live events");
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");
        await Assertions.Expect(opened.Page.Locator(".banner")).ToHaveCountAsync(0);

        // A reading that follows, as the next one would ten seconds later; the stream waits for its hour.
        await opened.Page.RunAndWaitForResponseAsync(() => ShowAsync(opened, isHidden: false), "**/api/v1/status");
        await IsAsync(opened, "no live events");
        asked.ShouldBe(1);
        opened.Complaints(503).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hidden_tab_has_no_stream()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(Yaml);
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        await IsAsync(opened, "live");

        TaskCompletionSource<string> ended = new();
        opened.Page.RequestFailed += (_, request) => ended.TrySetResult(request.Url);
        await ShowAsync(opened, isHidden: true);
        (await ended.Task.WaitAsync(Second(30), TestContext.Current.CancellationToken)).ShouldContain("/api/v1/events");

        // It goes on from the last event.
        IRequest next = await opened.Page.RunAndWaitForRequestAsync(() => ShowAsync(opened, isHidden: false), Events);
        next.Url.ShouldContain("?after=");
        await IsAsync(opened, "live");
        opened.Complaints().ShouldBeEmpty();
    }

    private static Task IsAsync(OpenedPage opened, string link) =>
        Assertions.Expect(opened.Page.Locator("#link")).ToHaveTextAsync(link, new() { Timeout = 30_000 });

    // A tab without a window is never hidden by itself.
    private static Task<JsonElement?> ShowAsync(OpenedPage opened, bool isHidden) =>
        opened.Page.EvaluateAsync(
            """
            isHidden => {
              Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
              document.dispatchEvent(new Event("visibilitychange"));
            }
            """,
            isHidden
        );
}
