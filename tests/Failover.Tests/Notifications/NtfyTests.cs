using System.Text;
using System.Text.Json;

namespace Failover;

// https://docs.ntfy.sh/publish/#publish-as-json
public sealed class NtfyTests
{
    private static readonly Ntfy Receiver = new("https://ntfy.example.net/alerts");

    [Fact]
    public async Task A_failure_is_published_as_JSON_to_the_server_with_the_topic_in_it()
    {
        await using HttpRecorder server = await HttpRecorder.StartAsync();
        Ntfy receiver = new(
            $"{server.Url}/alerts",
            "tk_secret",
            tags: ["europe"],
            icon: "https://example.net/failover.png"
        );

        (await receiver.SendAsync(ToldOf.Failure("größer als erlaubt\nüberall"))).IsTaken.ShouldBeTrue();

        JsonElement body = server.Only.Json;
        server.Only.Path.ShouldBe("/");
        server.Only.Headers["Authorization"].ShouldBe("Bearer tk_secret");
        body.At("topic").ShouldBe("alerts");
        body.At("title").ShouldBe("FAIL shop/mail");
        body.At("message").ShouldBe("größer als erlaubt\nüberall\nAt 2026-03-01 12:00:05 UTC on eu-1.");
        body.At("priority").ShouldBe("5");
        body.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()).ShouldBe(["rotating_light", "europe"]);
        body.At("click").ShouldBe("https://health.example.net/-/");
        body.At("icon").ShouldBe("https://example.net/failover.png");
    }

    [Fact]
    public async Task A_user_name_and_a_password_are_sent_as_Basic()
    {
        await using HttpRecorder server = await HttpRecorder.StartAsync();

        await new Ntfy($"{server.Url}/alerts", username: "phil", password: "mypäss").SendAsync(ToldOf.Failure());

        server
            .Only.Headers["Authorization"]
            .ShouldBe($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("phil:mypäss"))}");
    }

    [Fact]
    public void What_is_over_has_the_usual_priority_and_a_check_mark()
    {
        JsonElement body = Receiver.BodyOf(ToldOf.Message(ToldOf.Recovery()));

        body.At("priority").ShouldBe("3");
        body.At("tags.0").ShouldBe("white_check_mark");
        body.At("message")!.ShouldContain("It lasted 2m5s.");
    }

    // https://docs.ntfy.sh/publish/#limitations
    [Theory]
    [InlineData("x")]
    [InlineData("ü")]
    [InlineData("🚨")]
    public void A_message_has_4096_bytes_at_most_and_no_letter_is_cut_in_two(string letter)
    {
        string reason = string.Concat(Enumerable.Repeat(letter, 5000));

        string message = Receiver.BodyOf(ToldOf.Message(ToldOf.Failure(reason))).At("message")!;

        Encoding.UTF8.GetByteCount(message).ShouldBeInRange(4093, 4096);
        message.ShouldEndWith($"{letter}…");
        message.ShouldNotContain("\ufffd");
    }

    [Fact]
    public void A_server_may_be_below_a_path()
    {
        using HttpRequestMessage request = new Ntfy("https://example.net/push/alerts").RequestOf(
            ToldOf.Message(ToldOf.Failure())
        );

        request.RequestUri.ShouldBe(new("https://example.net/push/"));
    }

    [Theory]
    [InlineData("https://ntfy.sh", "without a topic")]
    [InlineData("https://ntfy.sh/", "without a topic")]
    [InlineData("https://ntfy.sh/a/", "whose topic is none")]
    [InlineData("https://ntfy.sh/a?b", "whose topic is none")]
    public void A_URL_without_a_topic_is_refused(string url, string flaw) =>
        Should.Throw<ArgumentException>(() => new Ntfy(url)).Message.ShouldContain(flaw);

    [Fact]
    public void A_token_and_a_user_name_are_one_too_many()
    {
        Should
            .Throw<ArgumentException>(() => new Ntfy("https://ntfy.sh/a", "tk_x", "phil", "pass"))
            .Message.ShouldStartWith("username is beside a token; accepted: one of the two");
        Should
            .Throw<ArgumentException>(() => new Ntfy("https://ntfy.sh/a", username: "phil"))
            .Message.ShouldStartWith("username is alone; accepted: username and password together");
    }
}
