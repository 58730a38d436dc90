using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Failover;

public sealed partial class DemoCommandTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CommandUnderTest command = new()
    {
        DemoRhythm = new(
            Up: TimeSpan.FromSeconds(1.2),
            Down: TimeSpan.FromSeconds(1),
            Poll: TimeSpan.FromSeconds(0.02)
        ),
    };

    private readonly CancellationTokenSource stop = new();
    private Task<int>? running;

    public async ValueTask DisposeAsync()
    {
        // Also where a test has failed: its folder goes with it.
        await stop.CancelAsync();
        await (running ?? Task.CompletedTask);
        stop.Dispose();
        command.Dispose();
    }

    [Fact]
    public async Task All_five_examples_fail_and_recover_and_the_latch_when_its_user_resets_it()
    {
        Start("--port", "0", "--management-port", "0");

        await LogHasAsync("/mail-u5 ok -> fail: latched: refused: ");
        foreach (string example in new[] { "example-1", "example-2", "example-3", "example-4" })
        {
            await LogHasAsync($"/{example} fail -> ok: ");
            await LogHasAsync($"/{example} ok -> fail: refused: ");
        }

        (await PostAsync("demo", "wrong")).ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync("demo", "demo")).ShouldBe(HttpStatusCode.OK);
        await LogHasAsync("/mail-u5 fail -> ok: ");

        (await StopAsync()).ShouldBe(0);
        command.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_begins_with_where_to_look_and_what_to_try_and_ends_without_a_trace()
    {
        Start("--port", "0", "--management-port", "0");
        await LogHasAsync("What happens follows");

        string log = command.Output;
        string page = PageLine().Match(log).Groups["url"].Value;
        using (HttpClient client = new())
        {
            (await client.GetStringAsync(new Uri(page), TestContext.Current.CancellationToken)).ShouldContain(
                "<title>Failover</title>"
            );
        }

        string file = FileLine().Match(log).Groups["file"].Value;
        File.Exists(file).ShouldBeTrue();
        log.ShouldContain("User demo, password demo: ");
        log.ShouldNotContain("warning");
        (await StopAsync()).ShouldBe(0);
        Directory.Exists(Path.GetDirectoryName(file)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_it_says_to_try_can_be_done()
    {
        // An override that is meant for a state is refused when that has changed meanwhile: nothing changes for a while here.
        command.DemoRhythm = DemoRhythm.ForPeople;
        Start("--port", "0", "--management-port", "0");
        await LogHasAsync("/example-4 fail -> ok: ");

        using CommandUnderTest other = new() { TypedPassword = "demo" };
        foreach (string what in new[] { "why", "override" })
        {
            string line = command
                .Output.Split('\n')
                .Single(line => line.StartsWith($"  {what} ", StringComparison.Ordinal));
            string[] words = line.Split("failover ", 2)[1].Split(' ');
            (await other.RunAsync(words)).ShouldBe(0, other.Error);
        }

        await LogHasAsync("/example-4 override: fail by demo: try");
        (await StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_replaced_and_said()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int taken = ((IPEndPoint)other.LocalEndpoint).Port;

        Start("--port", FormattableString.Invariant($"{taken}"), "--management-port", "0");

        await LogHasAsync($"port {taken} is in use; ");
        (await StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_port_that_is_none_is_refused()
    {
        (await command.RunAsync("demo", "--port", "65536")).ShouldBe(64);

        command.Error.ShouldBe("failover: --port is \"65536\"\n  accepted: 0 to 65535\n");
    }

    private void Start(params string[] options) => running = command.RunAsync(stop.Token, ["demo", .. options]);

    private async Task<int> StopAsync()
    {
        await stop.CancelAsync();
        return await running!.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    private async Task LogHasAsync(string text)
    {
        using CancellationTokenSource patience = new(Patience, TimeProvider.System);
        while (!command.Output.Contains(text, StringComparison.Ordinal))
        {
            running!.IsCompleted.ShouldBeFalse(command.Output + command.Error);
            patience.IsCancellationRequested.ShouldBeFalse($"\"{text}\" in {command.Output}");
            // Real time: targets stop and start meanwhile.
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private async Task<HttpStatusCode> PostAsync(string user, string password)
    {
        string url = PollLine().Match(command.Output).Groups["url"].Value;
        using HttpClient client = new();
        using HttpRequestMessage post = new(HttpMethod.Post, url);
        post.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))
        );
        using HttpResponseMessage answer = await client.SendAsync(post, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    [GeneratedRegex(@"^  page +(?<url>\S+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex PageLine();

    [GeneratedRegex(@"^  file +(?<file>\S+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex FileLine();

    [GeneratedRegex(@"^  poll +curl (?<url>\S+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex PollLine();
}
