using System.Text.Json;

namespace Failover;

/// <summary>JSON to who names it, plain text to all others, in raw bytes.</summary>
public sealed class AcceptEndpointTests
{
    private static async Task<RawAnswer> AskAsync(HealthCheckServer server, string accept, string method = "GET") =>
        await RawConnection.AskAsync(
            server.Port,
            $"{method} /mail HTTP/1.1\r\nHost: x\r\n{(accept.Length > 0 ? $"Accept: {accept}\r\n" : "")}\r\n"
        );

    [Theory]
    [InlineData("", null)]
    [InlineData("*/*", null)]
    [InlineData("application/*", null)]
    [InlineData("application/jsonx", null)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/jxl,*/*;q=0.8", null)]
    [InlineData("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", null)]
    [InlineData("application/json", "application/json")]
    [InlineData("Application/JSON; charset=utf-8", "application/json")]
    [InlineData("application/json, text/plain, */*", "application/json")]
    [InlineData("*/*, application/json;q=0.5", null)]
    [InlineData("text/plain, application/json;q=0.9", null)]
    [InlineData("text/plain;q=0.1, */*, application/json;q=0.5", "application/json")]
    [InlineData("application/json;q=0", null)]
    [InlineData("application/health+json", "application/health+json")]
    [InlineData("application/health+json;q=0.5, application/json", "application/json")]
    [InlineData("application/health+json, application/json", "application/health+json")]
    [InlineData("json", null)]
    [InlineData("application/json;;=", null)]
    public async Task Only_a_type_that_is_named_counts(string accept, string? type)
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", new ScriptedCheck());

        RawAnswer answer = await AskAsync(server, accept);

        answer.Status.ShouldBe(200);
        answer["Content-Type"].ShouldBe(type ?? "text/plain; charset=utf-8");
        answer["Cache-Control"].ShouldBe("no-store");
        answer.Body.ShouldStartWith(type is null ? "OK" : "{");
    }

    [Theory]
    [InlineData(HealthState.Ok, 200, "pass", "ok")]
    [InlineData(HealthState.Fail, 503, "fail", "fail")]
    [InlineData(HealthState.Error, 500, "fail", "error")]
    public async Task JSON_has_the_state_and_no_reason(HealthState state, int status, string word, string shown)
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(
            "mail",
            new Background(new ScriptedCheck { Sees = state, Reason = "192.0.2.1 refused" }, Hour(1))
        );
        await server.Service.Engine.WhenIdleAsync();

        RawAnswer answer = await AskAsync(server, "application/health+json");

        answer.Status.ShouldBe(status);
        JsonElement document = JsonElement.Parse(answer.Body);
        document.EnumerateObject().Select(field => field.Name).ShouldBe(["status", "state", "since"]);
        document.GetProperty("status").GetString().ShouldBe(word);
        document.GetProperty("state").GetString().ShouldBe(shown);
        document.GetProperty("since").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task An_ok_with_a_warning_is_a_warn()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(
            "mail",
            new DelegateCheck(() => Observation.OkWithWarning("ends soon"))
        );

        (await AskAsync(server, "application/json")).Body.ShouldStartWith("""{"status":"warn","state":"ok",""");
    }

    [Fact]
    public async Task HEAD_has_the_head_of_the_JSON_and_OPTIONS_none_of_it()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(
            "mail",
            new Background(new ScriptedCheck(), Hour(1))
        );
        await server.Service.Engine.WhenIdleAsync();

        RawAnswer get = await AskAsync(server, "application/json");
        RawAnswer head = await AskAsync(server, "application/json", "HEAD");
        RawAnswer options = await AskAsync(server, "application/json", "OPTIONS");

        head["Content-Type"].ShouldBe("application/json");
        head["Content-Length"].ShouldBe($"{get.Body.Length}");
        options["Content-Length"].ShouldBe("0");
        options["Content-Type"].ShouldBe("text/plain; charset=utf-8");
    }
}
