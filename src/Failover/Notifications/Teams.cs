using System.Collections.Immutable;
using System.Text.Json;

namespace Failover.Abstractions;

/// <summary>Posts an Adaptive Card to a channel or a chat of Microsoft Teams, through a workflow with a webhook ("Post to a channel when a webhook request is
/// received").</summary>
/// <remarks>The workflow answers before the card is posted: what goes wrong after that, as a person who has left, is seen in Power Automate
/// alone. A message that something is over is a card of its own.</remarks>
public sealed record Teams : HttpReceiver
{
    // https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook: a message has at most 28 KB.
    private const int LongestBody = 28 * 1000;
    private const int LongestText = 4000;

    /// <summary>Describes the request; sends nothing.</summary>
    /// <param name="url">The address of the workflow. Never shown but for its host.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; left out, those of the system.</param>
    /// <param name="timeout">How long an attempt may take, from 1 ms to 1 min; left out, 10 s.</param>
    /// <exception cref="ArgumentException">An argument is missing or of another form. The message says what is accepted.</exception>
    public Teams(string url, string? ca = null, TimeSpan? timeout = null)
        : base(ca, timeout) => Url = UrlOption.Check(url);

    /// <inheritdoc cref="Webhook.Kind"/>
    public static ReceiverKind Kind { get; } =
        new(
            "teams",
            "a channel or a chat of Microsoft Teams, through a workflow with a webhook",
            [UrlOption, CaOption, TimeoutOption]
        )
        {
            ShortOption = UrlOption,
            Make = given => new Teams((string)given[0]!, (string?)given[1], (TimeSpan?)given[2]),
        };

    /// <summary>The address of the workflow.</summary>
    public string Url { get; }

    /// <inheritdoc/>
    public override string Summary => $"Teams at {HostOf(Url)}";

    internal override ReceiverKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Url, Ca, Timeout];

    internal override HttpRequestMessage RequestOf(NotificationMessage message) =>
        Post(Url, MessageJson.OfAtMost(LongestBody, LongestText, (json, longest) => Write(json, message, longest)));

    private static void Write(Utf8JsonWriter json, NotificationMessage message, int longest)
    {
        json.WriteStartObject();
        json.WriteString("type", "message");
        json.WriteStartArray("attachments");
        json.WriteStartObject();
        json.WriteString("contentType", "application/vnd.microsoft.card.adaptive");
        json.WriteNull("contentUrl");
        json.WriteStartObject("content");
        json.WriteString("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        json.WriteString("type", "AdaptiveCard");
        json.WriteString("version", "1.4");
        json.WriteStartObject("msteams");
        json.WriteString("width", "Full");
        json.WriteEndObject();
        json.WriteStartArray("body");
        WriteText(json, MessageText.Cut(message.Title, longest), ColorOf(message.First));
        foreach (string line in message.Lines)
        {
            WriteText(json, MessageText.Cut(line, longest), color: null);
        }

        json.WriteEndArray();
        if (message.Link is { } link)
        {
            json.WriteStartArray("actions");
            json.WriteStartObject();
            json.WriteString("type", "Action.OpenUrl");
            json.WriteString("title", "Open the page");
            json.WriteString("url", link);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // A TextBlock is Markdown; a TextRun is text (https://adaptivecards.io/explorer/TextRun.html).
    private static void WriteText(Utf8JsonWriter json, string text, string? color)
    {
        json.WriteStartObject();
        json.WriteString("type", "RichTextBlock");
        json.WriteStartArray("inlines");
        json.WriteStartObject();
        json.WriteString("type", "TextRun");
        json.WriteString("text", text);
        if (color is not null)
        {
            json.WriteString("color", color);
            json.WriteString("weight", "Bolder");
            json.WriteString("size", "Medium");
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string ColorOf(Notification told) =>
        told switch
        {
            { Status: NotificationStatus.Resolved } => "Good",
            { Status: NotificationStatus.Event } => "Accent",
            { Severity: NotificationSeverity.Critical } => "Attention",
            { Severity: NotificationSeverity.Warning } => "Warning",
            _ => "Accent",
        };
}
