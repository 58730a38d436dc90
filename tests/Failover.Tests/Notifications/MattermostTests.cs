using System.Text.Json;

namespace Failover;

public sealed class MattermostTests
{
    private static readonly Mattermost Plain = new("https://chat.example.net/hooks/secret");

    // https://docs.mattermost.com/developers/integrate/webhooks/incoming
    [Fact]
    public async Task A_failure_is_an_attachment_with_a_fallback_beside_a_red_bar()
    {
        await using HttpRecorder server = await HttpRecorder.StartAsync();
        Mattermost receiver = new(
            $"{server.Url}/hooks/secret",
            "town-square",
            "Failover",
            "https://example.net/failover.png"
        );

        (await receiver.SendAsync(ToldOf.Failure())).IsTaken.ShouldBeTrue();

        JsonElement body = server.Only.Json;
        server.Only.Path.ShouldBe("/hooks/secret");
        body.At("channel").ShouldBe("town-square");
        body.At("username").ShouldBe("Failover");
        body.At("icon_url").ShouldBe("https://example.net/failover.png");
        body.At("attachments.0.fallback").ShouldBe("FAIL shop/mail");
        body.At("attachments.0.color").ShouldBe("#d13438");
        body.At("attachments.0.text")
            .ShouldBe(
                "**FAIL shop/mail**\nconnection refused: 192.0.2.1:25\nAt 2026-03-01 12:00:05 UTC on eu-1.\n"
                    + "[Open the page](<https://health.example.net/-/>)"
            );
    }

    [Fact]
    public void What_is_not_given_is_that_of_the_webhook()
    {
        JsonElement body = Plain.BodyOf(ToldOf.Message(ToldOf.Recovery()));

        body.EnumerateObject().Select(member => member.Name).ShouldBe(["attachments"]);
        body.At("attachments.0.text")!.ShouldContain("It lasted 2m5s.");
    }

    [Fact]
    public void What_people_wrote_is_no_markup_and_mentions_nobody() =>
        Plain
            .BodyOf(ToldOf.Message(ToldOf.Failure("@channel see [this](http://x) or **that**")))
            .At("attachments.0.text")!
            .ShouldContain("@\u200bchannel see \\[this\\](http://x) or \\*\\*that\\*\\*");

    [Fact]
    public void A_long_reason_is_cut_and_the_link_stays()
    {
        string text = Plain.BodyOf(ToldOf.Message(ToldOf.Failure(new('x', 20_000)))).At("attachments.0.text")!;

        text.Length.ShouldBe(7000);
        text.ShouldEndWith("x…\n[Open the page](<https://health.example.net/-/>)");
    }
}
