using System.Globalization;
using System.Text;
using Microsoft.Playwright;

namespace Failover;

/// <summary>A list of 5,000 components.</summary>
public sealed class LongListTests(Browser browser)
{
    private const int Components = 5000;
    private const int MostRows = 200;

    [Fact]
    public async Task At_most_200_rows_are_in_the_document_while_5000_components_scroll()
    {
        StringBuilder yaml = new("components:\n");
        for (int index = 0; index < Components; index++)
        {
            yaml.Append(
                CultureInfo.InvariantCulture,
                $"  group{index % 50:00}/c{index:0000}: {{tcp: \"127.0.0.1:1\", interval: 1h, initial_state: ok, fail_after: 100}}\n"
            );
        }

        using DaemonFiles files = await DaemonFiles.WithAsync(yaml.ToString());
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        await OpenedPage.HasAsync(opened.Row("group00/c0000"), "OK");
        ILocator table = opened.Page.GetByRole(AriaRole.Table);
        await Assertions.Expect(table).ToHaveAttributeAsync("aria-rowcount", "5051");

        int most = await opened.Page.EvaluateAsync<int>(
            """
            async () => {
              const scroller = document.querySelector(".scroller");
              let most = 0;
              for (let step = 0; step <= 40; step++) {
                scroller.scrollTop = (scroller.scrollHeight * step) / 40;
                await new Promise(requestAnimationFrame);
                await new Promise(requestAnimationFrame);
                most = Math.max(most, document.querySelectorAll("[role=row]").length);
              }
              return most;
            }
            """
        );
        most.ShouldBeInRange(20, MostRows);
        await OpenedPage.HasAsync(opened.Row("group49/c4999"), "OK");

        // By the keyboard as well: the first row is drawn again when the focus goes there.
        await opened.Row("group49/c4999").GetByRole(AriaRole.Link).FocusAsync();
        await opened.Page.Keyboard.PressAsync("Home");
        await Assertions.Expect(opened.Page.GetByRole(AriaRole.Button, new() { Name = "group00" })).ToBeFocusedAsync();
        opened.Complaints().ShouldBeEmpty();
    }
}
