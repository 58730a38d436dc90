using System.Net;
using System.Net.Http.Headers;

namespace Failover;

/// <summary>A server in code whose heartbeats are in a state file, over HTTP.</summary>
public sealed class DurableHeartbeatTests : IDisposable
{
    private readonly StateFolder folder = new();
    private readonly ManualTime time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_newest_beat_outlives_the_server()
    {
        await using (HealthCheckServer first = await StartAsync())
        {
            await BeatAsync(first, "ok 3 GB");
            await BeatAsync(first, "fail disk full");
            (await GetAsync(first)).ShouldBe(HttpStatusCode.ServiceUnavailable);
            await first.StopAsync(Cancel);
        }

        time.Leap(Day(3));
        await using (HealthCheckServer second = await StartAsync())
        {
            (await GetAsync(second)).ShouldBe(HttpStatusCode.ServiceUnavailable);
            await BeatAsync(second, "");
            (await GetAsync(second)).ShouldBe(HttpStatusCode.OK);
            time.Advance(Minute(62));
            await second.StopAsync(Cancel);
        }

        time.Leap(Day(3));
        await using HealthCheckServer third = await StartAsync();
        (await GetAsync(third)).ShouldBe(HttpStatusCode.OK, "3 minutes are left, and the grace is 5");
        time.Advance(Minute(5));
        (await GetAsync(third)).ShouldBe(HttpStatusCode.OK);
        time.Advance(Second(1));
        (await GetAsync(third)).ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    private async Task<HealthCheckServer> StartAsync()
    {
        HealthCheckServer server = new(port: 0, host: "127.0.0.1", time, new SqliteStateStore(folder.File))
        {
            Output = TextWriter.Null,
        };
        server.AddComponent(
            "backup",
            new HeartbeatCheck(every: Hour(1), grace: Minute(5), token: "a-token-of-some-length")
        );
        await server.StartAsync(Cancel);
        return server;
    }

    private static async Task<HttpStatusCode> GetAsync(HealthCheckServer server)
    {
        using HttpClient client = Client(server);
        using HttpResponseMessage answer = await client.GetAsync("/backup", Cancel);
        return answer.StatusCode;
    }

    private static async Task BeatAsync(HealthCheckServer server, string body)
    {
        using HttpClient client = Client(server);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "a-token-of-some-length");
        using StringContent content = new(body);
        using HttpResponseMessage answer = await client.PostAsync("/-/heartbeat/backup", content, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static HttpClient Client(HealthCheckServer server) =>
        new() { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
}
