using System.Text.Json;

namespace Failover;

/// <summary>What is sent; that Alertmanager takes it is shown with Debian's, in the tests from end to end.</summary>
public sealed class AlertmanagerTests
{
    private static readonly Alertmanager Receiver = new(["http://alertmanager.example.net:9093"]);

    // https://prometheus.io/docs/alerting/latest/alerts_api/
    [Fact]
    public async Task A_failure_is_an_alert_with_labels_and_a_beginning_that_ends_by_itself()
    {
        await using HttpRecorder server = await HttpRecorder.StartAsync();
        Alertmanager receiver = new([$"{server.Url}/am/"], [KeyValuePair.Create("team", "shop")], "tk_secret");

        (await receiver.SendAsync(ToldOf.Failure())).IsTaken.ShouldBeTrue();

        server.Only.Path.ShouldBe("/am/api/v2/alerts");
        server.Only.Headers["Authorization"].ShouldBe("Bearer tk_secret");
        JsonElement alert = Of(server.Only.Json, "critical");
        alert.At("labels.alertname").ShouldBe("FailoverNotification");
        alert.At("labels.component").ShouldBe("shop/mail");
        alert.At("labels.subject").ShouldBe("/shop/mail");
        alert.At("labels.instance").ShouldBe("eu-1");
        alert.At("labels.team").ShouldBe("shop");
        alert.At("annotations.summary").ShouldBe("FAIL shop/mail");
        alert.At("annotations.description").ShouldBe("connection refused: 192.0.2.1:25");
        alert.At("startsAt").ShouldBe("2026-03-01T12:00:00.000Z");
        alert.At("generatorURL").ShouldBe("https://health.example.net/-/");
    }

    [Fact]
    public void It_is_told_every_minute_and_ends_4_minutes_after_the_last_one()
    {
        Receiver.RepeatInterval.ShouldBe(Minute(1));
        Of(Receiver.BodyOf(ToldOf.Message(ToldOf.Failure())), "critical")
            .At("endsAt")
            .ShouldBe("2026-03-01T12:04:06.000Z");
    }

    [Fact]
    public void The_alert_of_another_severity_ends_when_the_severity_changes() =>
        Of(Receiver.BodyOf(ToldOf.Message(ToldOf.Failure())), "warning")
            .At("endsAt")
            .ShouldBe("2026-03-01T12:00:05.000Z");

    [Fact]
    public void What_is_over_ends_the_alert_of_each_severity()
    {
        JsonElement body = Receiver.BodyOf(ToldOf.Message(ToldOf.Recovery()));

        body.GetArrayLength().ShouldBe(3);
        body.EnumerateArray().ShouldAllBe(alert => alert.At("endsAt") == "2026-03-01T12:02:05.000Z");
    }

    [Fact]
    public void What_was_done_is_an_alert_of_its_own_with_an_end()
    {
        JsonElement body = Receiver.BodyOf(ToldOf.Message(ToldOf.Event()));

        body.GetArrayLength().ShouldBe(1);
        body.At("0.labels.severity").ShouldBe("info");
        body.At("0.labels.notification").ShouldBe("p1-8");
        body.At("0.endsAt").ShouldBe("2026-03-01T12:05:06.000Z");
    }

    [Fact]
    public void Of_several_of_one_alarm_the_newest_is_told()
    {
        JsonElement body = Receiver.BodyOf(ToldOf.Message(ToldOf.Failure(), ToldOf.Recovery()));

        body.GetArrayLength().ShouldBe(3);
        body.EnumerateArray().ShouldAllBe(alert => alert.At("annotations.summary") == "OK shop/mail");
    }

    [Fact]
    public async Task Of_several_servers_one_that_takes_it_is_enough()
    {
        await using HttpRecorder good = await HttpRecorder.StartAsync();
        await using HttpRecorder bad = await HttpRecorder.StartAsync(500);

        (
            await new Alertmanager([bad.Url, "http://127.0.0.1:1", good.Url]).SendAsync(ToldOf.Failure())
        ).IsTaken.ShouldBeTrue();
        bad.Only.Body.ShouldBe(good.Only.Body);
        (await new Alertmanager(["http://127.0.0.1:1", bad.Url]).SendAsync(ToldOf.Failure())).Problem.ShouldBe(
            "refused: 127.0.0.1:1"
        );
    }

    private static JsonElement Of(JsonElement body, string severity) =>
        body.EnumerateArray().Single(alert => alert.At("labels.severity") == severity);
}
