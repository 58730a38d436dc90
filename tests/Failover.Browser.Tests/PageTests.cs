using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Failover;

/// <summary>What somebody sees who looks at the page.</summary>
public sealed class PageTests(Browser browser)
{
    [Fact]
    public async Task A_row_changes_by_itself_when_its_target_dies()
    {
        using Target target = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            components:
              mail: {tcp: "127.0.0.1:{{target.Port}}", interval: 50ms, fail_after: 2}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);

        await OpenedPage.HasAsync(opened.Row("mail"), "OK");
        target.Stop();
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");
        await OpenedPage.HasAsync(opened.Row("mail"), "refused");
        await OpenedPage.HasAsync(opened.Page.Locator("#announcer"), "mail is fail: refused");
        target.Start();
        await OpenedPage.HasAsync(opened.Row("mail"), "OK");

        opened.Complaints().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_worst_comes_first_and_groups_search_and_filter_leave_out_the_rest()
    {
        using Target target = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            components:
              one: {tcp: "127.0.0.1:{{target.Port}}", interval: 1h}
              two: {tcp: "127.0.0.1:1", interval: 1h}
              shop/web: {tcp: "127.0.0.1:{{target.Port}}", interval: 1h}
              shop/db: {tcp: "127.0.0.1:1", interval: 1h}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("shop/db", "FAIL");
        await daemon.PollUntilAsync("two", "FAIL");
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        ILocator rows = opened.Page.Locator(".spacer .row");

        await ShowsAsync("two", "one", "shop", "shop/db", "shop/web");
        await opened.ClickAsync("shop");
        await ShowsAsync("two", "one", "shop");
        await opened.ClickAsync("Groups");
        await ShowsAsync("shop/db", "two", "one", "shop/web");
        await opened.ClickAsync("2 ok");
        await ShowsAsync("shop/db", "two");
        await opened.Page.Keyboard.PressAsync("/");
        await opened.Page.Keyboard.TypeAsync("SHOP");
        await ShowsAsync("shop/db");
        await opened.Page.Keyboard.PressAsync("Escape");
        await ShowsAsync("shop/db", "two");

        opened.Complaints().ShouldBeEmpty();

        Task ShowsAsync(params string[] names) =>
            Assertions
                .Expect(rows.Locator("a, button"))
                .ToHaveTextAsync(names, new LocatorAssertionsToHaveTextOptions { Timeout = 30_000 });
    }

    [Fact]
    public async Task A_countdown_runs_to_the_moment_at_which_a_component_fails_at_the_earliest()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(
            """
            components:
              mail: {tcp: "127.0.0.1:1", interval: 10m, fail_after: 3}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort, "#/c/mail");
        ILocator countdown = opened.Page.Locator(".countdown.moving");

        await OpenedPage.HasAsync(countdown, "1 of 3 failures; fail at the earliest in 19 min");
        string first = await countdown.InnerTextAsync();
        // Real time: a second of it.
        await Assertions.Expect(countdown).Not.ToHaveTextAsync(first);

        await opened.Page.GetByText("All components").ClickAsync();
        await OpenedPage.HasAsync(opened.Row("mail"), "1 of 3 failures; fail at the earliest in 19 min");
        opened.Complaints().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_streak_that_is_over_is_not_shown_with_the_next_one()
    {
        using Target target = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            components:
              mail: {tcp: "127.0.0.1:{{target.Port}}", interval: 50ms, fail_after: 100000}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("mail", "OK");
        target.Stop();
        await IsFreshAsync("fail");
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        ILocator streak = opened.Row("mail").Locator(".streak");
        await OpenedPage.HasAsync(streak, "of 100000 failures");

        await opened.Page.RouteAsync("**/api/v1/components/mail", _ => { });
        target.Start();
        await IsFreshAsync("ok");
        await ReadAsync();
        await Assertions.Expect(streak).ToHaveTextAsync("");
        target.Stop();
        await IsFreshAsync("fail");
        await ReadAsync();

        await OpenedPage.HasAsync(opened.Row("mail"), "held, fail ");
        (await streak.InnerTextAsync()).ShouldBeEmpty();
        opened.Complaints().ShouldBeEmpty();

        Task IsFreshAsync(string state) =>
            Eventually.GetAsync(
                async () => (await daemon.StatusOfAsync("mail")).GetProperty("fresh_state").GetString(),
                got => got == state,
                state
            );

        // As when the tab is seen again: the status is read at once.
        Task ReadAsync() =>
            opened.Page.RunAndWaitForResponseAsync(
                () => opened.Page.EvaluateAsync("() => document.dispatchEvent(new Event('visibilitychange'))"),
                "**/api/v1/status"
            );
    }

    [Fact]
    public async Task Banners_say_what_is_wrong_with_the_daemon()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(
            """
            components:
              web1: {tcp: "127.0.0.1:1", interval: 50ms, initial_state: ok}
              web2: {tcp: "127.0.0.1:1", interval: 50ms, initial_state: ok}
            guards:
              web: {components: "web*", max_failing: 1, max_delay: 1h, auth: PASSWORDS}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        ILocator banners = opened.Page.Locator("#banners");

        await OpenedPage.HasAsync(banners, "Guard web tripped");
        await opened.ClickAsync("Release");
        await opened.LogInAsync(DaemonFiles.Password);
        await OpenedPage.HasAsync(opened.Row("web1"), "FAIL");

        files.Write("components: {web1: {tcpp: x}}");
        daemon.Reload();
        await OpenedPage.HasAsync(banners, "Configuration rejected");
        await OpenedPage.HasAsync(banners, "tcpp");
        opened.Complaints().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_guard_without_users_has_no_button_and_a_history_that_is_not_stored_has_a_banner()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(
            """
            components:
              web1: {tcp: "127.0.0.1:1", interval: 50ms, initial_state: ok}
              web2: {tcp: "127.0.0.1:1", interval: 50ms, initial_state: ok}
            guards:
              web: {components: "web*", max_failing: 1, max_delay: 1h}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        ILocator banners = opened.Page.Locator("#banners");
        await OpenedPage.HasAsync(banners, "Guard web tripped");
        await Assertions.Expect(banners.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);

        // A disk that is full is not to be had here.
        await opened.Page.RouteAsync(
            "**/api/v1/status",
            async route =>
            {
                IAPIResponse answer = await route.FetchAsync();
                JsonNode status = JsonNode.Parse(await answer.TextAsync())!;
                status["history"]!["problem"] = "the disk is full";
                await route.FulfillAsync(new() { Response = answer, Body = status.ToJsonString() });
            }
        );
        await OpenedPage.HasAsync(banners, "History is not stored");
        await OpenedPage.HasAsync(banners, "the disk is full");
        opened.Complaints().ShouldBeEmpty();
    }
}
