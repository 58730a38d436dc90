using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Failover;

/// <summary>That everybody can use the page: by axe's rules, by the keyboard alone, and on the smallest phone.</summary>
public sealed class PageAccessibilityTests(Browser browser)
{
    private const string Yaml = """
        access: {operate: PASSWORDS}
        components:
          mail: {tcp: "127.0.0.1:1", interval: 1h, latch: PASSWORDS}
          shop/web: {tcp: "127.0.0.1:1", interval: 1h, fail_after: 3}
          shop/with/a/path/that/is/longer/than/any/phone/is/wide: {tcp: "127.0.0.1:1", interval: 1h}
        guards:
          web: {components: "shop/*", max_failing: 1, max_delay: 1h, auth: PASSWORDS}
        """;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Axe_finds_nothing(bool isPhone, bool isDark)
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(Yaml);
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("mail", "FAIL");
        Look look = (isPhone ? Look.Phone : Look.Desktop) with { IsDark = isDark };
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort, look: look);
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");
        await NothingIsFoundAsync(opened);

        await opened.Row("mail").GetByRole(AriaRole.Link).ClickAsync();
        await OpenedPage.HasAsync(opened.Page.Locator(".timeline ~ .legend"), "fail");
        await NothingIsFoundAsync(opened);

        await opened.ClickAsync("Override…");
        await NothingIsFoundAsync(opened);
    }

    [Fact]
    public async Task The_keyboard_alone_is_enough()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(Yaml);
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("mail", "FAIL");
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");
        IKeyboard keys = opened.Page.Keyboard;

        await keys.PressAsync("/");
        await keys.TypeAsync("mail");
        for (int press = 0; press < 10 && await FocusedAsync() != "mail"; press++)
        {
            await keys.PressAsync("Tab");
        }

        await keys.PressAsync("Enter");
        await OpenedPage.HasAsync(opened.Page.Locator("h2"), "mail");
        await Assertions.Expect(opened.Page.Locator("h2")).ToBeFocusedAsync();
        await Assertions
            .Expect(opened.Page.GetByRole(AriaRole.Button, new() { Name = "Override…" }))
            .ToBeVisibleAsync();
        while (await FocusedAsync() != "Override…")
        {
            await keys.PressAsync("Tab");
        }

        await keys.PressAsync("Enter");
        await Assertions.Expect(opened.Dialog).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Assertions.Expect(opened.Dialog).ToHaveCountAsync(0);
        (await FocusedAsync()).ShouldBe("Override…");
        await keys.PressAsync("Escape");
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");

        Task<string> FocusedAsync() => opened.Page.EvaluateAsync<string>("document.activeElement.textContent");
    }

    [Fact]
    public async Task Nothing_is_wider_than_the_smallest_phone()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(Yaml);
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("mail", "FAIL");
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort, look: Look.SmallestPhone);
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");
        (await WidthAsync()).ShouldBe(Look.SmallestPhone.Width);

        await opened.Page.Locator("a", new() { HasText = "is/wide" }).ClickAsync();
        await OpenedPage.HasAsync(opened.Page.Locator(".timeline ~ .legend"), "fail");
        (await WidthAsync()).ShouldBe(Look.SmallestPhone.Width);

        Task<int> WidthAsync() =>
            opened.Page.EvaluateAsync<int>(
                "Math.max(document.documentElement.scrollWidth, document.querySelector('main').scrollWidth)"
            );
    }

    private static async Task NothingIsFoundAsync(OpenedPage opened)
    {
        AxeResult result = await opened.Page.RunAxe();
        result
            .Violations.SelectMany(rule => rule.Nodes.Select(node => $"{rule.Id}: {rule.Help}: {node.Html}"))
            .ShouldBeEmpty();
    }
}
