using System.Text.Json;

namespace Failover;

// https://developer.pagerduty.com/docs/send-alert-event
public sealed class PagerDutyTests
{
    private const string Key = "0123456789abcdef0123456789ABCDEF";
    private static readonly PagerDuty Receiver = new(Key);

    [Fact]
    public async Task A_failure_triggers_an_alert_with_all_that_is_required()
    {
        await using HttpRecorder server = await HttpRecorder.StartAsync(202);

        (await new PagerDuty(Key, server.Url).SendAsync(ToldOf.Failure())).IsTaken.ShouldBeTrue();

        JsonElement body = server.Only.Json;
        server.Only.Path.ShouldBe("/v2/enqueue");
        body.At("routing_key").ShouldBe(Key);
        body.At("event_action").ShouldBe("trigger");
        body.At("dedup_key").ShouldBe("p1-5");
        body.At("payload.summary").ShouldBe("FAIL shop/mail: connection refused: 192.0.2.1:25");
        body.At("payload.source").ShouldBe("eu-1");
        body.At("payload.severity").ShouldBe("critical");
        body.At("payload.timestamp").ShouldBe("2026-03-01T12:00:05.000Z");
        body.At("payload.component").ShouldBe("shop/mail");
        body.At("payload.group").ShouldBe("shop");
        body.At("payload.class").ShouldBe("state");
        body.At("payload.custom_details.reason").ShouldBe("connection refused: 192.0.2.1:25");
        body.At("client").ShouldBe("Failover");
        body.At("client_url").ShouldBe("https://health.example.net/-/");
        body.At("links.0.href").ShouldBe("https://health.example.net/-/");
    }

    [Fact]
    public void What_is_over_resolves_the_alert_of_the_same_key()
    {
        JsonElement body = Receiver.BodyOf(ToldOf.Message(ToldOf.Recovery()));

        body.At("event_action").ShouldBe("resolve");
        body.At("dedup_key").ShouldBe("p1-5");
        body.Has("payload").ShouldBeFalse();
    }

    // https://developer.pagerduty.com/docs/send-change-event
    [Fact]
    public void What_was_done_is_a_change_event_that_alarms_nobody()
    {
        NotificationMessage message = ToldOf.Message(ToldOf.Event());
        using HttpRequestMessage request = Receiver.RequestOf(message);
        JsonElement body = Receiver.BodyOf(message);

        request.RequestUri.ShouldBe(new("https://events.pagerduty.com/v2/change/enqueue"));
        body.Has("event_action").ShouldBeFalse();
        body.At("payload.summary").ShouldBe("shop/mail: ada set an override to fail");
        body.At("payload.source").ShouldBe("eu-1");
        body.At("payload.timestamp").ShouldBe("2026-03-01T12:00:05.000Z");
        body.GetProperty("payload").Has("severity").ShouldBeFalse();
    }

    [Fact]
    public void A_summary_has_1024_characters_at_most()
    {
        string summary = Receiver.BodyOf(ToldOf.Message(ToldOf.Failure(new('x', 5000)))).At("payload.summary")!;

        summary.Length.ShouldBe(1024);
        summary.ShouldEndWith("x…");
    }

    [Fact]
    public void Each_is_an_event_of_its_own() => Receiver.MostAtOnce.ShouldBe(1);

    // 400: the event is malformed, and is so the next time. 429: too many, which says nothing about the event.
    [Theory]
    [InlineData(400, true)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    public async Task A_refusal_of_one_event_holds_up_no_other_and_a_limit_holds_up_all(int status, bool isOfMessage)
    {
        await using HttpRecorder server = await HttpRecorder.StartAsync(status);

        SendResult result = await new PagerDuty(Key, server.Url).SendAsync(ToldOf.Failure());

        result.Problem.ShouldBe($"status {status}: not so");
        result.IsOfMessage.ShouldBe(isOfMessage);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("0123456789abcdef-0123456789abcde")]
    public void A_routing_key_is_32_letters_and_digits_and_is_not_shown_where_it_is_none(string key) =>
        Should
            .Throw<ArgumentException>(() => new PagerDuty(key))
            .Message.ShouldStartWith("routingKey is of another form; accepted: 32 letters and digits");
}
