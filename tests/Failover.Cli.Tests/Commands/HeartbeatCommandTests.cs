using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Failover;

/// <summary>Heartbeats of a daemon, as the commands show them.</summary>
public sealed partial class HeartbeatCommandTests : IAsyncLifetime
{
    private const string Token = "a-token-of-some-length";

    private readonly CommandUnderTest command = new();
    private RunningDaemon daemon = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        daemon = await RunningDaemon.StartAsync(
            $$"""
            tasks:
              nightly: {heartbeat: {every: 1d, grace: 1h, token: {{Token}} } }
            components:
              backup: {heartbeat: {every: 1h, grace: 5m, token: {{Token}} } }
              all: {all: [{ref: nightly}, {ref: backup}]}
            """
        );

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        command.Dispose();
    }

    [Fact]
    public async Task Explain_says_when_the_last_beat_came_and_when_the_next_is_due()
    {
        (await command.RunAsync("explain", "backup", "--url", daemon.Url)).ShouldBe(0);
        command.Output.ShouldMatch("no beat in [0-9.]+m?s");

        await BeatAsync("backup", "ok 3 GB");
        (await command.RunAsync("explain", "backup", "--url", daemon.Url)).ShouldBe(0);
        command.Output.ShouldContain("3 GB");
        command.Output.ShouldMatch("last beat [0-9.]+m?s ago");
        command.Output.ShouldMatch("fail in 1h[0-9]m without a beat; next beat due in 59m[0-9]+s");
        command.Output.ShouldNotContain(Token);
        (await command.RunAsync("status", "backup", "--url", daemon.Url)).ShouldBe(0);
        command.Output.ShouldMatch("in 59m[0-9]*", "as explain says");
    }

    [Fact]
    public async Task Status_and_history_have_what_was_reported()
    {
        await BeatAsync("nightly", "fail disk full");

        (await command.RunAsync("status", "all", "--json", "--url", daemon.Url)).ShouldBe(0);
        command.Output.ShouldContain("\"state\":\"fail\"");
        command.Output.ShouldContain("disk full");
        command.Output.ShouldContain("\"last_probe\":\"");
        (await command.RunAsync("history", "--url", daemon.Url)).ShouldBe(0);
        command.Output.ShouldContain("disk full");
        command.Output.ShouldContain("-/heartbeat/nightly");
        command.Output.ShouldContain("a bearer token");
        daemon.Log.ShouldNotContain(Token);
    }

    [Fact]
    public async Task A_probe_cannot_tell_what_a_job_would_report()
    {
        command.Write($"components: {{a: {{heartbeat: {{every: 1h, token: {Token} }}}}}}");

        (await command.RunAsync("probe", command.File, "a")).ShouldBe(3);

        command.Output.ShouldStartWith("ERROR - a: no beat yet");
    }

    private async Task BeatAsync(string name, string body)
    {
        using HttpClient client = new();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using StringContent content = new(body);
        string url = Serving().Match(daemon.Log).Groups["url"].Value;
        using HttpResponseMessage answer = await client.PostAsync($"{url}/-/heartbeat/{name}", content, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [GeneratedRegex(@"listens on (?<url>http://127\.0\.0\.1:\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Serving();
}
