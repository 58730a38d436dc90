using System.Collections.Immutable;
using System.Text;

namespace Failover.Abstractions;

/// <summary>Posts to a Slack channel through an incoming webhook: the title, and the text beside a coloured bar.</summary>
/// <remarks>A message that something is over is one of its own: what came through a webhook cannot be answered or changed
/// (<see href="https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"/>).</remarks>
public sealed record Slack : HttpReceiver
{
    // https://docs.slack.dev/reference/block-kit/blocks/section-block: text, at most 3000 characters.
    private const int LongestSection = 3000;

    // https://docs.slack.dev/messaging: the text is to be at most 4,000 characters. This one is a title.
    private const int LongestTitle = 500;

    /// <summary>Describes the request; sends nothing.</summary>
    /// <param name="url">The incoming webhook: it decides on the channel and the sender. Never shown but for its host.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; left out, those of the system.</param>
    /// <param name="timeout">How long an attempt may take, from 1 ms to 1 min; left out, 10 s.</param>
    /// <exception cref="ArgumentException">An argument is missing or of another form. The message says what is accepted.</exception>
    public Slack(string url, string? ca = null, TimeSpan? timeout = null)
        : base(ca, timeout) => Url = UrlOption.Check(url);

    /// <inheritdoc cref="Webhook.Kind"/>
    public static ReceiverKind Kind { get; } =
        new("slack", "a Slack channel, through an incoming webhook", [UrlOption, CaOption, TimeoutOption])
        {
            ShortOption = UrlOption,
            Make = given => new Slack((string)given[0]!, (string?)given[1], (TimeSpan?)given[2]),
        };

    /// <summary>The incoming webhook.</summary>
    public string Url { get; }

    /// <inheritdoc/>
    public override string Summary => $"Slack at {HostOf(Url)}";

    internal override ReceiverKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Url, Ca, Timeout];

    internal override HttpRequestMessage RequestOf(NotificationMessage message) =>
        Post(
            Url,
            MessageJson.Of(json =>
            {
                json.WriteStartObject();
                json.WriteString("text", MessageText.Cut(message.Title, LongestTitle, Escape));
                json.WriteStartArray("attachments");
                json.WriteStartObject();
                json.WriteString("color", MessageColor.Of(message));
                json.WriteStartArray("blocks");
                WriteSection(MessageText.Cut(message.Text, LongestSection, Escape));
                if (message.Link is { } link)
                {
                    WriteSection($"<{string.Concat(link.EnumerateRunes().Select(EscapeInLink))}|Open the page>");
                }

                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();

                void WriteSection(string text)
                {
                    json.WriteStartObject();
                    json.WriteString("type", "section");
                    json.WriteStartObject("text");
                    json.WriteString("type", "mrkdwn");
                    json.WriteString("text", text);
                    // Names in it are those of components, and not of people or channels.
                    json.WriteBoolean("verbatim", true);
                    json.WriteEndObject();
                    json.WriteEndObject();
                }
            })
        );

    // https://docs.slack.dev/messaging/formatting-message-text#escaping: these three, and no other.
    private static string Escape(Rune letter) =>
        letter.Value switch
        {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            _ => letter.ToString(),
        };

    // A bar begins the text of a link.
    private static string EscapeInLink(Rune letter) => letter.Value == '|' ? "%7C" : Escape(letter);
}
