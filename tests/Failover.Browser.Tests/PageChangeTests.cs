using System.Text;
using Microsoft.Playwright;

namespace Failover;

/// <summary>What can be done at the page: resets and overrides, each by a password for that one change.</summary>
public sealed class PageChangeTests(Browser browser)
{
    [Fact]
    public async Task A_latch_is_reset_by_the_right_password_and_by_no_other()
    {
        using Target target = new();
        using DaemonFiles files = await DaemonFiles.WithAsync(Latched(target));
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("mail", "FAIL");
        target.Start();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort, "#/c/mail");
        await OpenedPage.HasAsync(opened.Page.Locator(".sentences"), "Check ok again since ");

        await opened.ClickAsync("Reset…");
        await opened.LogInAsync("wrong");
        await OpenedPage.HasAsync(opened.Dialog, "Wrong user or password.");
        (await daemon.PollAsync("mail")).ShouldBe("FAIL");

        await opened.LogInAsync(DaemonFiles.Password);
        await OpenedPage.HasAsync(opened.Page.Locator(".summary"), "OK");
        await Assertions.Expect(opened.Dialog).ToHaveCountAsync(0);
        await OpenedPage.HasAsync(opened.Page.GetByLabel("Table of what people did"), "Armed");
        (await daemon.PollAsync("mail")).ShouldBe("OK");
        opened.Complaints(401).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_override_is_set_and_expires_and_another_is_cleared()
    {
        using Target target = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            access: {operate: PASSWORDS}
            components:
              mail: {tcp: "127.0.0.1:{{target.Port}}", interval: 50ms}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort, "#/c/mail");

        // Real time: 1.2 s of it.
        await OverrideAsync("fail", "0.02");
        await OpenedPage.HasAsync(opened.Page.Locator(".summary"), "override fail by alice: disk is replaced");
        await OpenedPage.HasAsync(opened.Page.Locator(".summary .badge"), "OK");
        (await daemon.PollAsync("mail")).ShouldBe("OK");

        await OverrideAsync("fail", "5");
        await OpenedPage.HasAsync(opened.Page.Locator(".sentences"), "Without it: OK");
        (await daemon.PollAsync("mail")).ShouldBe("FAIL");
        await opened.ClickAsync("Clear the override…");
        await opened.LogInAsync(DaemonFiles.Password);
        await OpenedPage.HasAsync(opened.Page.Locator(".summary .badge"), "OK");
        (await daemon.PollAsync("mail")).ShouldBe("OK");
        opened.Complaints().ShouldBeEmpty();

        async Task OverrideAsync(string kind, string minutes)
        {
            await opened.ClickAsync("Override…");
            await opened.Dialog.Locator($"input[value={kind}]").CheckAsync();
            await opened.Dialog.GetByLabel("Reason").FillAsync("disk is replaced");
            await opened.Dialog.Locator("input[name=for]").FillAsync(minutes);
            await opened.Dialog.Locator("select").SelectOptionAsync("min");
            await opened.LogInAsync(DaemonFiles.Password);
        }
    }

    [Fact]
    public async Task A_banner_tells_of_an_override_that_is_about_to_expire_into_a_failure()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(
            """
            access: {operate: PASSWORDS}
            components:
              mail: {tcp: "127.0.0.1:1", interval: 1h}
              web: {tcp: "127.0.0.1:1", interval: 1h}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("mail", "FAIL");
        await OverrideAsync("mail", seconds: 8);
        await OverrideAsync("web", seconds: 3600);
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);

        ILocator banner = opened.Page.Locator(".banner");
        await OpenedPage.HasAsync(banner, "Override of mail expires");
        await Assertions.Expect(banner).ToHaveCountAsync(1);
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");
        await Assertions.Expect(banner).ToHaveCountAsync(0);

        async Task OverrideAsync(string name, int seconds)
        {
            string body = $$"""{"kind": "ok", "reason": "try", "for_seconds": {{seconds}}}""";
            string login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{DaemonFiles.User}:{DaemonFiles.Password}"));
            RawAnswer answer = await RawConnection.AskAsync(
                daemon.ManagementPort,
                $"PUT /-/api/v1/overrides/{name} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {login}\r\nIf-Match: *\r\n"
                    + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"
            );
            answer.Status.ShouldBe(200, answer.Body);
        }
    }

    [Fact]
    public async Task A_reset_that_was_meant_for_another_failure_is_refused_in_words()
    {
        using Target target = new();
        using DaemonFiles files = await DaemonFiles.WithAsync(Latched(target));
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("mail", "FAIL");
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort, "#/c/mail");
        await opened.ClickAsync("Reset…");

        target.Start();
        await Eventually.GetAsync(
            async () => (await daemon.StatusOfAsync("mail")).GetProperty("fresh_state").GetString(),
            state => state == "ok",
            "an ok"
        );
        (await daemon.PostAsync("mail")).ShouldBe("200 Armed");
        target.Stop();
        await daemon.PollUntilAsync("mail", "FAIL");

        await opened.LogInAsync(DaemonFiles.Password);
        await OpenedPage.HasAsync(opened.Dialog, "the component has changed since this dialog was opened");
        (await daemon.PollAsync("mail")).ShouldBe("FAIL");
        opened.Complaints(412).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reset_of_what_is_not_latched_is_refused_in_words()
    {
        using Target target = Target.Started();
        using DaemonFiles files = await DaemonFiles.WithAsync(Latched(target));
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort, "#/c/mail");
        await OpenedPage.HasAsync(opened.Page.Locator(".summary"), "OK");
        ILocator reset = opened.Page.GetByRole(AriaRole.Button, new() { Name = "Reset…" });
        await Assertions.Expect(reset).ToBeDisabledAsync();

        // As if the page had not heard yet that somebody else has reset it.
        await reset.EvaluateAsync("button => { button.disabled = false; button.click(); }");
        await opened.LogInAsync(DaemonFiles.Password);

        await Assertions.Expect(opened.Dialog.Locator(".refusal")).ToHaveTextAsync("Nothing to reset.");
        (await daemon.PollAsync("mail")).ShouldBe("OK");
        opened.Complaints(409).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_latch_that_no_reset_can_end_is_forgotten()
    {
        using Target target = new();
        string yaml = "access: {operate: PASSWORDS}\n" + Latched(target);
        using DaemonFiles files = await DaemonFiles.WithAsync(yaml);
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("mail", "FAIL");
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort, "#/c/mail");
        ILocator forget = opened.Page.GetByRole(AriaRole.Button, new() { Name = "Forget the latch…" });
        await OpenedPage.HasAsync(opened.Page.Locator(".summary"), "latched");
        await Assertions.Expect(forget).ToBeHiddenAsync();

        target.Start();
        files.Write(yaml.Replace(", latch: PASSWORDS", "", StringComparison.Ordinal));
        daemon.Reload();
        await Assertions.Expect(forget).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await forget.ClickAsync();
        await opened.LogInAsync("wrong");
        await OpenedPage.HasAsync(opened.Dialog, "Wrong user or password.");
        (await daemon.PollAsync("mail")).ShouldBe("FAIL");

        await opened.LogInAsync(DaemonFiles.Password);
        await OpenedPage.HasAsync(opened.Page.Locator(".summary .badge"), "OK");
        await OpenedPage.HasAsync(opened.Page.GetByLabel("Table of what people did"), "Forgotten");
        await Assertions.Expect(forget).ToBeHiddenAsync(new() { Timeout = 30_000 });
        await daemon.PollUntilAsync("mail", "OK");
        opened.Complaints(401).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_may_view_logs_in_without_a_prompt_of_the_browser_and_keeps_a_token_alone()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(
            """
            access: {view: PASSWORDS}
            components:
              mail: {tcp: "127.0.0.1:1", interval: 1h}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);

        await OpenedPage.HasAsync(opened.Dialog, "Log in to view");
        await opened.LogInAsync("wrong");
        await OpenedPage.HasAsync(opened.Dialog, "Wrong user or password.");
        await opened.LogInAsync(DaemonFiles.Password);
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");

        string kept = await opened.Page.EvaluateAsync<string>(
            "JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage), document.cookie])"
        );
        kept.ShouldContain("failover.token");
        kept.ShouldNotContain(DaemonFiles.Password);
        (await opened.Page.ContentAsync()).ShouldNotContain(DaemonFiles.Password);

        await opened.Page.ReloadAsync();
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");
        string token = await opened.Page.EvaluateAsync<string>("sessionStorage.getItem('failover.token')");
        (await ReadAsync()).ShouldBe(200);
        await opened.ClickAsync("Log out");
        await OpenedPage.HasAsync(opened.Dialog, "Log in to view");
        // It is ended at the daemon, not only forgotten here.
        (await ReadAsync()).ShouldBe(401);
        opened.Complaints(401).ShouldBeEmpty();

        async Task<int> ReadAsync() =>
            (
                await RawConnection.AskAsync(
                    daemon.ManagementPort,
                    $"GET /-/api/v1/status HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
                )
            ).Status;
    }

    [Fact]
    public async Task Who_may_only_view_is_told_so()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync("");
        string operators = Path.Combine(files.Folder, "operators");
        string line = await File.ReadAllTextAsync(files.Passwords, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            operators,
            line.Replace(DaemonFiles.User, "bob", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        files.Write(
            $$"""
            access: {view: PASSWORDS, operate: {{operators}}}
            components:
              mail: {tcp: "127.0.0.1:1", interval: 1h}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort, "#/c/mail");
        await opened.LogInAsync(DaemonFiles.Password);

        await opened.ClickAsync("Override…");
        await opened.Dialog.Locator("input[value=ok]").CheckAsync();
        await opened.Dialog.GetByLabel("Reason").FillAsync("disk is replaced");
        await opened.LogInAsync(DaemonFiles.Password);
        await Assertions.Expect(opened.Dialog.Locator(".refusal")).ToHaveTextAsync("Not allowed: may view only.");

        await opened.LogInAsync(DaemonFiles.Password, user: "bob");
        await OpenedPage.HasAsync(opened.Page.Locator(".summary"), "OK");
        opened.Complaints(401, 403).ShouldBeEmpty();
    }

    private static string Latched(Target target) =>
        $$"""
            components:
              mail: {tcp: "127.0.0.1:{{target.Port}}", interval: 50ms, latch: PASSWORDS}
            """;
}
