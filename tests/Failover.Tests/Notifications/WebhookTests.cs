using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Failover;

public sealed class WebhookTests
{
    // https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
    [Fact]
    public async Task A_failure_is_a_CloudEvent()
    {
        await using HttpRecorder server = await HttpRecorder.StartAsync();

        (await new Webhook($"{server.Url}/hook").SendAsync(ToldOf.Failure())).IsTaken.ShouldBeTrue();

        server.Only.Headers["Content-Type"].ShouldBe("application/cloudevents+json; charset=utf-8");
        JsonElement body = server.Only.Json;
        body.At("specversion").ShouldBe("1.0");
        body.At("id").ShouldBe("p1-7");
        body.At("source").ShouldBe("/failover/eu-1");
        body.At("type").ShouldBe("failover.firing");
        body.At("subject").ShouldBe("/shop/mail");
        body.At("time").ShouldBe("2026-03-01T12:00:05.000Z");
        body.At("data.alarm").ShouldBe("p1-5");
        body.At("data.component").ShouldBe("shop/mail");
        body.At("data.severity").ShouldBe("critical");
        body.At("data.title").ShouldBe("FAIL shop/mail");
        body.At("data.reason").ShouldBe("connection refused: 192.0.2.1:25");
    }

    [Fact]
    public async Task Several_are_a_batch_in_their_order()
    {
        await using HttpRecorder server = await HttpRecorder.StartAsync();

        await new Webhook(server.Url).SendAsync(ToldOf.Event(), ToldOf.Failure());

        server.Only.Headers["Content-Type"].ShouldBe("application/cloudevents-batch+json; charset=utf-8");
        server.Only.Json.EnumerateArray().Select(one => one.At("id")).ShouldBe(["p1-8", "p1-7"]);
    }

    [Fact]
    public async Task A_body_of_ones_own_has_what_is_put_in_escaped_and_headers()
    {
        await using HttpRecorder server = await HttpRecorder.StartAsync();
        Webhook receiver = new(
            server.Url,
            [KeyValuePair.Create("X-Team", "shop")],
            "{\"text\": \"{{title}}: {{ reason }}\"}"
        );

        await receiver.SendAsync(ToldOf.Failure("\"quoted\"\nand more"));

        server.Only.Headers["X-Team"].ShouldBe("shop");
        server.Only.Json.At("text").ShouldBe("FAIL shop/mail: \"quoted\"\nand more");
    }

    // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    [Fact]
    public async Task A_signature_is_of_the_id_the_time_and_the_body()
    {
        await using HttpRecorder server = await HttpRecorder.StartAsync();

        await new Webhook(server.Url, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").SendAsync(ToldOf.Failure());

        HttpRecord request = server.Only;
        string signed = $"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}.{request.Body}";
        request.Headers["webhook-id"].ShouldBe("p1-7");
        request
            .Headers["webhook-signature"]
            .ShouldBe(
                $"v1,{Convert.ToBase64String(
                    HMACSHA256.HashData(
                        Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                        Encoding.UTF8.GetBytes(signed)
                    )
                )}"
            );
    }

    [Theory]
    [InlineData("{{title", "with {{ at character 1 and no }} behind it")]
    [InlineData("a {{tilte}}", "with {{tilte}} at character 3, an unknown name")]
    public void A_body_that_is_no_template_is_refused_with_the_place(string body, string flaw) =>
        Should.Throw<ArgumentException>(() => new Webhook("http://x", body: body)).Message.ShouldContain(flaw);

    [Theory]
    [InlineData("ftp://x", "url is of another form")]
    [InlineData("https://u:hunter2@x", "with a user name in it")]
    [InlineData("https://x/#a", "with a fragment")]
    public void A_URL_of_another_form_is_refused_and_not_shown(string url, string flaw)
    {
        string message = Should.Throw<ArgumentException>(() => new Webhook(url)).Message;

        message.ShouldContain(flaw);
        message.ShouldNotContain("hunter2");
    }
}
