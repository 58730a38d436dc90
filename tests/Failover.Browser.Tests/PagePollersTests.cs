using Microsoft.Playwright;

namespace Failover;

/// <summary>Who polls a component, and what was refused, on the page.</summary>
public sealed class PagePollersTests(Browser browser)
{
    [Fact]
    public async Task Whoever_polls_a_component_is_shown_with_what_it_was_answered()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(
            """
            components:
              shop/web: {tcp: "127.0.0.1:1", interval: 1h}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("shop/web", "FAIL");
        await PollAsync(daemon, "/shop/web", "HAProxy/<b>3</b>");
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort, "#/c/shop%2Fweb");
        ILocator pollers = opened.Page.GetByRole(AriaRole.Region, new() { Name = "Table of pollers" });

        await OpenedPage.HasAsync(pollers, "HAProxy/<b>3</b>");
        ILocator row = pollers.Locator("tbody tr").Filter(new() { HasText = "HAProxy" });
        await OpenedPage.HasAsync(row, "127.0.0.1");
        await OpenedPage.HasAsync(row, "FAIL");

        await PollAsync(daemon, "/shop/web", "HAProxy/<b>3</b>");
        await OpenedPage.HasAsync(row.Locator("td").Nth(3), "2");

        opened.Complaints().ShouldBeEmpty();
    }

    [Fact]
    public async Task Refused_requests_have_a_place()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(
            """
            components:
              web: {tcp: "127.0.0.1:1", interval: 1h}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await PollAsync(daemon, "/Web", "balancer");
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);

        await opened.Page.GetByText("Refused requests", new() { Exact = true }).ClickAsync();

        ILocator refused = opened.Page.GetByRole(AriaRole.Region, new() { Name = "Table of refused requests" });
        await OpenedPage.HasAsync(refused, "GET /Web");
        await OpenedPage.HasAsync(refused, "404");
        await OpenedPage.HasAsync(refused, "balancer");
        opened.Complaints().ShouldBeEmpty();
    }

    private static Task<RawAnswer> PollAsync(RunningDaemon daemon, string target, string agent) =>
        RawConnection.AskAsync(
            daemon.Port,
            $"GET {target} HTTP/1.1\r\nHost: x\r\nUser-Agent: {agent}\r\nConnection: close\r\n\r\n"
        );
}
