using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;

namespace Failover;

/// <summary>The page in a tab, and everything that the browser found wrong with it.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> complaints = [];

    private OpenedPage(IPage page) => Page = page;

    public IPage Page { get; }

    public ILocator Dialog => Page.Locator("dialog[open]");

    public static async Task<OpenedPage> OnAsync(IBrowserContext context)
    {
        OpenedPage opened = new(await context.NewPageAsync());
        opened.Page.Console += (_, message) =>
        {
            // Violations of the content security policy are among them.
            if (message.Type is "error" or "warning")
            {
                opened.complaints.Enqueue(message.Text);
            }
        };
        opened.Page.PageError += (_, error) => opened.complaints.Enqueue(error);
        // Nothing of this page opens one; a prompt for a password of the browser's own would be one, too.
        opened.Page.Dialog += (_, dialog) =>
        {
            opened.complaints.Enqueue($"a dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        opened.Page.SetDefaultTimeout((float)Second(30).TotalMilliseconds);
        return opened;
    }

    /// <summary>The row of a component in the list.</summary>
    public ILocator Row(string component) =>
        Page.Locator(".row.component").Filter(new() { Has = Page.GetByText(component, new() { Exact = true }) });

    /// <summary>What is left of what the browser complained of. A refusal is one: no page can keep it from the console.</summary>
    /// <param name="refusals">Statuses that the test has provoked.</param>
    public string[] Complaints(params int[] refusals) =>
        [
            .. complaints.Where(text =>
                !refusals.Any(status =>
                    text.Contains(
                        string.Create(CultureInfo.InvariantCulture, $"status of {status} "),
                        StringComparison.Ordinal
                    )
                )
            ),
        ];

    /// <summary>Fills in who asks, and presses the button.</summary>
    public async Task LogInAsync(string password, string user = DaemonFiles.User)
    {
        await Dialog.GetByLabel("User").FillAsync(user);
        await Dialog.GetByLabel("Password").FillAsync(password);
        await Dialog.Locator("button[type=submit]").ClickAsync();
    }

    public Task ClickAsync(string button) =>
        Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>Waits until an element has a text.</summary>
    public static Task HasAsync(ILocator element, string text) =>
        Assertions.Expect(element).ToContainTextAsync(text, new() { Timeout = 30_000 });

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
