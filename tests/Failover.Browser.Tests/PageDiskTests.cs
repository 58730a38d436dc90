using Microsoft.Playwright;

namespace Failover;

/// <summary>The page of a daemon whose disk is full.</summary>
public sealed class PageDiskTests(Browser browser)
{
    [Fact]
    public async Task A_banner_says_that_the_state_is_not_stored_until_it_is()
    {
        using Target target = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync("components: {}");
        string folder = Path.Combine(files.Folder, "disk");
        await using PrivateDisk disk = await PrivateDisk.OnAsync(folder, "512k");
        files.Write(
            $$"""
            state: {{folder}}/state.db
            components:
              mail: {tcp: "127.0.0.1:{{target.Port}}", interval: 50ms, latch: PASSWORDS}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync(disk.Under);
        await daemon.PollUntilAsync("mail", "OK");
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        ILocator banner = opened.Page.Locator(".banner").Filter(new() { HasText = "State is not stored" });
        await OpenedPage.HasAsync(opened.Row("mail"), "OK");
        await Assertions.Expect(banner).ToHaveCountAsync(0);

        disk.Fill();
        target.Stop();
        await OpenedPage.HasAsync(banner, "full");
        // A failure does not wait for the disk.
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");

        disk.Free();
        await Assertions.Expect(banner).ToHaveCountAsync(0, new() { Timeout = 30_000 });
        opened.Complaints().ShouldBeEmpty();
    }
}
