using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>Long polls of <c>/-/wait/NAME</c>, on a clock that stands still.</summary>
public sealed class WaitEndpointTests : IAsyncLifetime
{
    private readonly ManualTime time = new();
    private readonly ScriptedCheck check = new();
    private HealthCheckServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = new(port: 0, "127.0.0.1", time) { Output = TextWriter.Null };
        server.AddComponent("mail", new Background(check, Second(10)));
        await server.StartAsync(TestContext.Current.CancellationToken);
        await server.Service.Engine.WhenIdleAsync();
    }

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    private Task<RawAnswer> WaitAsync(string query = "", string headers = "") =>
        RawConnection.AskAsync(
            server.Port,
            $"GET /-/wait/mail{query} HTTP/1.1\r\nHost: x\r\n{headers}Connection: close\r\n\r\n"
        );

    private async Task<string> VersionAsync() => (await WaitAsync())["ETag"]!.Trim('"');

    // The loop's timer, and the patience of each that waits.
    private void WhenWaiting(int count = 1) =>
        SpinWait.SpinUntil(() => time.TimerCount >= timersBefore + count, Second(30)).ShouldBeTrue();

    private int timersBefore;

    private async Task<Task<RawAnswer>> BeginAsync(string query)
    {
        timersBefore = time.TimerCount;
        Task<RawAnswer> waiting = WaitAsync(query);
        WhenWaiting();
        await Task.Yield();
        return waiting;
    }

    private async Task MoveToAsync(HealthState state)
    {
        check.Sees = state;
        time.Advance(Second(10));
        await server.Service.Engine.WhenIdleAsync();
    }

    [Fact]
    public async Task Without_a_version_or_with_an_unknown_one_it_is_answered_at_once()
    {
        RawAnswer answer = await WaitAsync();

        (answer.Status, answer.Body).ShouldBe((200, "OK"));
        answer["ETag"].ShouldBe($"\"{server.Service.Engine.EpochOf("mail")}\"");
        (await WaitAsync("?since=no-such-version")).Body.ShouldBe("OK");
    }

    [Fact]
    public async Task It_is_answered_when_the_component_changes()
    {
        string version = await VersionAsync();
        Task<RawAnswer> waiting = await BeginAsync($"?since={version}&timeout=60s");
        waiting.IsCompleted.ShouldBeFalse();

        await MoveToAsync(Fail);

        RawAnswer answer = await waiting;
        (answer.Status, answer.Body).ShouldBe((503, "FAIL"));
        answer["ETag"].ShouldNotBe($"\"{version}\"");
    }

    [Fact]
    public async Task A_result_that_changes_nothing_is_none()
    {
        string version = await VersionAsync();
        Task<RawAnswer> waiting = await BeginAsync($"?since=%22{version}%22&timeout=25s");

        await MoveToAsync(Ok);
        await MoveToAsync(Ok);
        waiting.IsCompleted.ShouldBeFalse();
        await MoveToAsync(Ok);

        RawAnswer answer = await waiting;
        (answer.Body, answer["ETag"]).ShouldBe(("OK", $"\"{version}\""));
    }

    [Fact]
    public async Task A_state_can_be_waited_for()
    {
        (await WaitAsync("?state=ok")).Body.ShouldBe("OK");
        Task<RawAnswer> waiting = await BeginAsync("?state=error&timeout=60");

        await MoveToAsync(Fail);
        waiting.IsCompleted.ShouldBeFalse();
        await MoveToAsync(Error);

        (await waiting).Status.ShouldBe(500);
    }

    [Fact]
    public async Task It_is_JSON_to_who_names_it()
    {
        RawAnswer answer = await WaitAsync(headers: "Accept: application/json\r\n");

        answer["Content-Type"].ShouldBe("application/json");
        answer["ETag"].ShouldNotBeNull();
        answer.Body.ShouldStartWith("""{"status":"pass","state":"ok","since":""");
    }

    [Theory]
    [InlineData("?timeout=61s", "timeout is \"61s\"; accepted: a duration up to 1m, as 30s")]
    [InlineData("?timeout=-1s", "timeout is \"-1s\"; accepted: a duration up to 1m, as 30s")]
    [InlineData("?timeout=soon", "timeout is \"soon\"; accepted: a duration up to 1m, as 30s")]
    [InlineData("?state=up", "state is \"up\"; accepted: ok, fail, error")]
    public async Task What_is_not_understood_is_refused(string query, string why)
    {
        RawAnswer answer = await WaitAsync(query);

        (answer.Status, answer.Body).ShouldBe((400, why));
    }

    [Fact]
    public async Task An_unknown_component_is_not_found()
    {
        (await RawConnection.GetAsync(server.Port, "/-/wait/Mail")).Status.ShouldBe(404);
        (await RawConnection.GetAsync(server.Port, "/-/wait/")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_reload_answers_and_so_does_one_without_the_component()
    {
        string version = await VersionAsync();
        Task<RawAnswer> kept = await BeginAsync($"?since={version}");
        server.Service.Replace([new("mail", new Background(check, Second(10)))], Graph.NoNames);
        (await kept)["ETag"].ShouldBe($"\"{version}\"");

        Task<RawAnswer> removed = await BeginAsync($"?since={version}");
        server.Service.Replace([new("web", new Background(check, Second(10)))], Graph.NoNames);
        (await removed).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_stop_answers_and_does_not_wait()
    {
        Task<RawAnswer> waiting = await BeginAsync($"?since={await VersionAsync()}&timeout=60s");

        await server.StopAsync(TestContext.Current.CancellationToken);

        (await waiting).Body.ShouldBe("OK");
    }

    [Fact]
    public async Task Whoever_goes_away_is_forgotten_and_too_many_are_refused()
    {
        using CancellationTokenSource gone = new();
        HealthEndpoint endpoint = new(server.Service) { MostWaiters = 2 };
        string query = $"?since={await VersionAsync()}";
        Task[] waiting = [AskAsync(gone.Token).Asked, AskAsync(gone.Token).Asked];

        (Task refused, DefaultHttpContext http) = AskAsync(CancellationToken.None);
        await refused;
        (http.Response.StatusCode, http.Response.Headers.RetryAfter.ToString()).ShouldBe((503, "5"));
        http.Response.Headers.ETag.Count.ShouldBe(0, "it is no state");

        await gone.CancelAsync();
        await Task.WhenAll(waiting).WaitAsync(Second(30), TestContext.Current.CancellationToken);
        (Task next, DefaultHttpContext admitted) = AskAsync(CancellationToken.None);
        next.IsCompleted.ShouldBeFalse();
        await MoveToAsync(Fail);
        await next.WaitAsync(Second(30), TestContext.Current.CancellationToken);
        admitted.Response.Headers.ETag.Count.ShouldBe(1);

        (Task Asked, DefaultHttpContext Http) AskAsync(CancellationToken aborted)
        {
            DefaultHttpContext asked = new() { RequestAborted = aborted };
            asked.Request.Method = "GET";
            asked.Request.QueryString = new(query);
            asked.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/-/wait/mail" + query;
            return (endpoint.HandleAsync(asked, prefix: ""), asked);
        }
    }
}
