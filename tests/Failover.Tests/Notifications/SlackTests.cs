using System.Text.Json;

namespace Failover;

public sealed class SlackTests
{
    [Fact]
    public async Task A_failure_is_a_title_and_beside_a_red_bar_a_section_that_says_why()
    {
        await using HttpRecorder slack = await HttpRecorder.StartAsync();

        SendResult result = await new Slack($"{slack.Url}/services/T0/B0/secret").SendAsync(ToldOf.Failure());

        result.ShouldBe(SendResult.Taken with { Answer = "status 200: ok" });
        slack.Only.Method.ShouldBe("POST");
        slack.Only.Path.ShouldBe("/services/T0/B0/secret");
        slack.Only.Headers["Content-Type"].ShouldStartWith("application/json");
        slack.Only.Json.GetProperty("text").GetString().ShouldBe("FAIL shop/mail");
        JsonElement attachment = slack.Only.Json.GetProperty("attachments")[0];
        attachment.GetProperty("color").GetString().ShouldBe("#d13438");
        TextOf(attachment, 0).ShouldBe("connection refused: 192.0.2.1:25\nAt 2026-03-01 12:00:05 UTC on eu-1.");
        TextOf(attachment, 1).ShouldBe("<https://health.example.net/-/|Open the page>");
    }

    [Fact]
    public void What_is_over_says_how_long_it_lasted_beside_a_green_bar()
    {
        JsonElement attachment = Attachment(ToldOf.Message(ToldOf.Recovery()));

        attachment.GetProperty("color").GetString().ShouldBe("#2e9e5b");
        TextOf(attachment, 0).ShouldContain("It lasted 2m5s.");
    }

    // https://docs.slack.dev/messaging/formatting-message-text#escaping
    [Fact]
    public void What_people_wrote_mentions_nobody_and_links_nowhere()
    {
        string text = TextOf(Attachment(ToldOf.Message(ToldOf.Failure("<!channel> a & b <https://x|y>"))), 0);

        text.ShouldStartWith("&lt;!channel&gt; a &amp; b &lt;https://x|y&gt;\n");
    }

    // https://docs.slack.dev/reference/block-kit/blocks/section-block: at most 3000 characters.
    [Fact]
    public void A_long_reason_is_cut_at_3000_characters_as_they_are_sent()
    {
        string text = TextOf(Attachment(ToldOf.Message(ToldOf.Failure(new string('<', 2000)))), 0);

        text.Length.ShouldBeInRange(2996, 3000);
        text.ShouldEndWith("&lt;…");
    }

    [Fact]
    public void Several_are_one_message_with_a_line_each()
    {
        NotificationMessage message = ToldOf.Message(
            ToldOf.Event(),
            ToldOf.Failure(),
            ToldOf.Failure("timed out", "db")
        );

        TextOf(Attachment(message), 0).Split('\n').Length.ShouldBe(3);
        Body(message).GetProperty("text").GetString().ShouldBe("3 notifications, the most urgent: FAIL shop/mail");
    }

    [Fact]
    public void A_bar_in_the_address_of_the_page_does_not_end_its_link()
    {
        JsonElement attachment = Attachment(
            ToldOf.Message(ToldOf.Failure()) with
            {
                Link = "https://x.example/?a|b&c",
            }
        );

        TextOf(attachment, 1).ShouldBe("<https://x.example/?a%7Cb&amp;c|Open the page>");
    }

    private static JsonElement Body(NotificationMessage message) =>
        new Slack("https://hooks.slack.com/x").BodyOf(message);

    private static JsonElement Attachment(NotificationMessage message) => Body(message).GetProperty("attachments")[0];

    private static string TextOf(JsonElement attachment, int block)
    {
        JsonElement section = attachment.GetProperty("blocks")[block];
        section.GetProperty("type").GetString().ShouldBe("section");
        section.GetProperty("text").GetProperty("type").GetString().ShouldBe("mrkdwn");
        return section.GetProperty("text").GetProperty("text").GetString()!;
    }
}
