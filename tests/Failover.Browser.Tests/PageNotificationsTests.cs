using Microsoft.Playwright;

namespace Failover;

/// <summary>What becomes of notifications, on the page.</summary>
public sealed class PageNotificationsTests(Browser browser)
{
    private const string Components = "components: {web: {tcp: \"127.0.0.1:1\", interval: 1h, initial_state: ok}}";

    [Fact]
    public async Task A_route_that_is_not_taken_has_a_banner_and_a_row()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            notifications: {routes: {ops: {webhook: "http://127.0.0.1:1/secret-path"} } }
            {{Components}}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        ILocator banners = opened.Page.Locator("#banners");

        await OpenedPage.HasAsync(banners, "Notifications on ops are not taken");
        await OpenedPage.HasAsync(banners, "refused: 127.0.0.1:1. 1 is pending.");
        await Assertions.Expect(banners.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);

        await opened.Page.GetByText("Notifications", new() { Exact = true }).ClickAsync();
        ILocator row = opened.Page.GetByRole(AriaRole.Region, new() { Name = "Table of routes" }).Locator("tbody tr");
        await OpenedPage.HasAsync(row, "webhook at 127.0.0.1:1");
        await OpenedPage.HasAsync(row.Locator("td").Nth(2), "1");
        (await opened.Page.ContentAsync()).ShouldNotContain("secret-path");
        opened.Complaints().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_given_up_is_sent_again_by_who_may()
    {
        await using WebhookPeer peer = new();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            access: {operate: PASSWORDS}
            notifications: {routes: {ops: {webhook: "{{peer.Url}}", topics: guard} } }
            {{Components}}
            """
        );
        await GiveUpAsync(files.State);
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        ILocator banners = opened.Page.Locator("#banners");
        await OpenedPage.HasAsync(banners, "Notifications on ops were given up");
        await OpenedPage.HasAsync(banners, "1 was given up.");
        await opened.Page.GetByText("Notifications", new() { Exact = true }).ClickAsync();
        ILocator letters = opened.Page.GetByRole(
            AriaRole.Region,
            new() { Name = "Table of notifications that were given up" }
        );
        await OpenedPage.HasAsync(letters, "status 500: <b>no</b>");

        await opened.ClickAsync("Send again");
        await opened.LogInAsync(DaemonFiles.Password);

        (await peer.TakeAsync()).ShouldContain("\"subject\":\"guard db\"");
        await Assertions.Expect(banners.Locator(".banner")).ToHaveCountAsync(0, new() { Timeout = 30_000 });
        opened.Complaints().ShouldBeEmpty();
    }

    // As a day of a receiver that refuses it leaves it.
    private static async Task GiveUpAsync(string state)
    {
        await using SqliteStateStore store = new(state);
        store.Load();
        Notification told = new(
            "id",
            "",
            NotificationStatus.Event,
            NotificationTopics.Guard,
            NotificationSeverity.Warning,
            "guard db",
            "3 of 4 fail",
            DateTimeOffset.UnixEpoch
        );
        await store.PersistAsync(new() { Deliveries = [new(1, "ops", told) { Failure = "status 500: <b>no</b>" }] });
    }
}
