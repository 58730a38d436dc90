using System.Text.Json;

namespace Failover;

public sealed class TeamsTests
{
    private static readonly Teams Receiver = new("https://prod-1.westeurope.logic.azure.com/workflows/x?sig=secret");

    // https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
    [Fact]
    public async Task A_failure_is_an_adaptive_card_in_a_message()
    {
        await using HttpRecorder server = await HttpRecorder.StartAsync(202);

        (await new Teams($"{server.Url}/workflows/x?sig=secret").SendAsync(ToldOf.Failure())).IsTaken.ShouldBeTrue();

        JsonElement body = server.Only.Json;
        server.Only.Path.ShouldBe("/workflows/x?sig=secret");
        body.At("type").ShouldBe("message");
        body.At("attachments.0.contentType").ShouldBe("application/vnd.microsoft.card.adaptive");
        JsonElement card = body.GetProperty("attachments")[0].GetProperty("content");
        card.At("type").ShouldBe("AdaptiveCard");
        card.At("version").ShouldBe("1.4");
        card.At("body.0.inlines.0.text").ShouldBe("FAIL shop/mail");
        card.At("body.0.inlines.0.color").ShouldBe("Attention");
        card.At("body.1.inlines.0.text").ShouldBe("connection refused: 192.0.2.1:25");
        card.At("actions.0.url").ShouldBe("https://health.example.net/-/");
    }

    // https://adaptivecards.io/explorer/TextRun.html: no Markdown.
    [Fact]
    public void Texts_are_runs_in_which_nothing_is_markup() =>
        Body(ToldOf.Failure("[a](http://x) **b**"))
            .EnumerateArray()
            .ShouldAllBe(block => block.At("type") == "RichTextBlock" && block.At("inlines.0.type") == "TextRun");

    [Theory]
    [InlineData("x")]
    [InlineData("\"")]
    [InlineData("ä")]
    [InlineData("\u0001")]
    public void A_message_has_28_KB_at_most_and_each_line_keeps_its_beginning(string letter)
    {
        string reason = string.Concat(Enumerable.Repeat(letter, 5000));
        Notification[] all = [.. Enumerable.Range(0, 30).Select(i => ToldOf.Failure(reason, $"c{i}"))];

        Receiver.LengthOf(ToldOf.Message(all)).ShouldBeInRange(7_000, 28_000);
        string[] lines = [.. Body(all).EnumerateArray().Select(block => block.At("inlines.0.text")!)];
        lines.Length.ShouldBe(22);
        lines[1].ShouldBe("10 more, and then:");
        lines[2].ShouldStartWith("FAIL c10: ");
        lines[^1].ShouldEndWith("…");
    }

    private static JsonElement Body(params Notification[] all) =>
        Receiver.BodyOf(ToldOf.Message(all)).GetProperty("attachments")[0].GetProperty("content").GetProperty("body");
}
