using Microsoft.Playwright;

namespace Failover;

/// <summary>What others put into names and reasons, and what pages of others try.</summary>
public sealed class PageSafetyTests(Browser browser)
{
    private const string Markup =
        "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";

    [Fact]
    public async Task Markup_in_names_and_reasons_is_text()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            access: {operate: PASSWORDS}
            components:
              '{{Markup.Replace("'", "''", StringComparison.Ordinal)}}': {tcp: "127.0.0.1:1", interval: 1h}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);

        await opened.Row(Markup).GetByRole(AriaRole.Link).ClickAsync();
        await OpenedPage.HasAsync(opened.Page.Locator("h2"), Markup);
        await opened.ClickAsync("Override…");
        await opened.Dialog.Locator("input[value=ok]").CheckAsync();
        await opened.Dialog.GetByLabel("Reason").FillAsync(Markup);
        await opened.LogInAsync(DaemonFiles.Password);
        await OpenedPage.HasAsync(opened.Page.Locator(".sentences"), $"“{Markup}”");
        await OpenedPage.HasAsync(opened.Page.GetByLabel("Table of what people did"), Markup);
        await opened.Page.GetByText("All components").ClickAsync();
        await OpenedPage.HasAsync(opened.Page.Locator(".row.component"), Markup);

        (await opened.Page.TitleAsync()).ShouldBe("Failover");
        (await opened.Page.Locator("img").CountAsync()).ShouldBe(0);
        opened.Complaints().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_policy_stops_a_script_that_is_in_the_document_all_the_same()
    {
        using DaemonFiles files = await DaemonFiles.WithAsync(
            "components: {mail: {tcp: \"127.0.0.1:1\", interval: 1h}}"
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");

        await opened.Page.EvaluateAsync(
            """
            () => {
              const script = document.createElement("script");
              script.textContent = "document.title = 'owned'";
              document.body.append(script);
            }
            """
        );

        (await opened.Page.TitleAsync()).ShouldBe("Failover");
        string complaint = opened.Complaints().ShouldHaveSingleItem();
        complaint.ShouldContain("Content Security Policy");
    }

    [Fact]
    public async Task A_form_of_another_site_changes_nothing()
    {
        using Target target = new();
        using DaemonFiles files = await DaemonFiles.WithAsync(
            $$"""
            components:
              mail: {tcp: "127.0.0.1:{{target.Port}}", interval: 50ms, latch: PASSWORDS}
            """
        );
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("mail", "FAIL");
        await using OpenedPage opened = await browser.OpenAsync(daemon.ManagementPort);
        await OpenedPage.HasAsync(opened.Row("mail"), "FAIL");

        // Another origin, which brings the password along, as a browser does that has stored it.
        IPage other = await opened.Page.Context.NewPageAsync();
        await other.RouteAsync(
            "http://attacker.test/**",
            route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<title>attacker</title>" })
        );
        await other.GotoAsync("http://attacker.test/");
        string where = FormattableString.Invariant(
            $"http://{DaemonFiles.User}:{DaemonFiles.Password}@127.0.0.1:{daemon.ManagementPort}/-/api/v1/fire/mail"
        );
        IResponse answer = await other.RunAndWaitForResponseAsync(
            () =>
                other.EvaluateAsync(
                    """
                    where => {
                      const form = document.createElement("form");
                      form.method = "post";
                      form.action = where;
                      document.body.append(form);
                      form.submit();
                    }
                    """,
                    where
                ),
            response => response.Url.EndsWith("/fire/mail", StringComparison.Ordinal)
        );

        answer.Status.ShouldBe(403);
        (await daemon.PollAsync("mail")).ShouldBe("FAIL");
    }
}
