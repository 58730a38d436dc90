using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>Posts to a Mattermost channel through an incoming webhook, beside a coloured bar.</summary>
/// <remarks>A message that something is over is one of its own: what came through a webhook cannot be answered or changed.</remarks>
public sealed record Mattermost : HttpReceiver
{
    // A post takes 16,383 characters; servers before 5.0 refused attachments of more than 7,900 in all.
    private const int LongestText = 7000;

    /// <summary>Describes the request; sends nothing.</summary>
    /// <param name="url">The incoming webhook. Never shown but for its host.</param>
    /// <param name="channel">The channel, by the name in its address, or <c>@</c> and the name of a person; left out, that of the
    /// webhook.</param>
    /// <param name="username">The sender's name, where the server lets webhooks set it; left out, that of the webhook.</param>
    /// <param name="iconUrl">The sender's picture, where the server lets webhooks set it; left out, that of the webhook.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; left out, those of the system.</param>
    /// <param name="timeout">How long an attempt may take, from 1 ms to 1 min; left out, 10 s.</param>
    /// <exception cref="ArgumentException">An argument is missing or of another form. The message says what is accepted.</exception>
    public Mattermost(
        string url,
        string? channel = null,
        string? username = null,
        string? iconUrl = null,
        string? ca = null,
        TimeSpan? timeout = null
    )
        : base(ca, timeout)
    {
        Url = UrlOption.Check(url);
        Channel = ChannelOption.CheckIfGiven(channel);
        Username = UsernameOption.CheckIfGiven(username);
        IconUrl = IconUrlOption.CheckIfGiven(iconUrl);
    }

    private static readonly FormattedOption ChannelOption = new(
        "channel",
        "the channel, by the name in its address, or @ and the name of a person",
        "a name without spaces",
        "town-square",
        text => text.Length == 0 || text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)) ? "" : null,
        "that of the webhook"
    );

    private static readonly FormattedOption UsernameOption = new(
        "username",
        "the sender's name, where the server lets webhooks set it",
        "a text in one line",
        "Failover",
        text => text.Length == 0 || text.Any(char.IsControl) ? "" : null,
        "that of the webhook"
    );

    private static readonly FormattedOption IconUrlOption = new(
        "iconUrl",
        "the sender's picture, where the server lets webhooks set it",
        "an http:// or https:// URL",
        "https://example.net/failover.png",
        UrlFlaw,
        "that of the webhook"
    );

    /// <inheritdoc cref="Webhook.Kind"/>
    public static ReceiverKind Kind { get; } =
        new(
            "mattermost",
            "a Mattermost channel, through an incoming webhook",
            [UrlOption, ChannelOption, UsernameOption, IconUrlOption, CaOption, TimeoutOption]
        )
        {
            ShortOption = UrlOption,
            Make = given => new Mattermost(
                (string)given[0]!,
                (string?)given[1],
                (string?)given[2],
                (string?)given[3],
                (string?)given[4],
                (TimeSpan?)given[5]
            ),
        };

    /// <summary>The incoming webhook.</summary>
    public string Url { get; }

    /// <summary>The channel; null: that of the webhook.</summary>
    public string? Channel { get; }

    /// <summary>The sender's name; null: that of the webhook.</summary>
    public string? Username { get; }

    /// <summary>The sender's picture; null: that of the webhook.</summary>
    public string? IconUrl { get; }

    /// <inheritdoc/>
    public override string Summary => $"Mattermost at {HostOf(Url)}";

    internal override ReceiverKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Url, Channel, Username, IconUrl, Ca, Timeout];

    // https://docs.mattermost.com/developers/integrate/webhooks/incoming and …/reference/message-attachments
    internal override HttpRequestMessage RequestOf(NotificationMessage message) =>
        Post(
            Url,
            MessageJson.Of(json =>
            {
                json.WriteStartObject();
                json.WriteIfKnown("channel", Channel);
                json.WriteIfKnown("username", Username);
                json.WriteIfKnown("icon_url", IconUrl);
                json.WriteStartArray("attachments");
                json.WriteStartObject();
                json.WriteString("fallback", MessageText.Cut(message.Title, LongestText));
                json.WriteString("color", MessageColor.Of(message));
                json.WriteString("text", TextOf(message));
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            })
        );

    private static string TextOf(NotificationMessage message)
    {
        string link = message.Link is { } page ? $"\n[Open the page](<{page}>)" : "";
        string text = $"**{MarkdownText.Escape(message.Title)}**\n{MarkdownText.Escape(message.Text)}";
        return MessageText.Cut(text, LongestText - link.Length) + link;
    }
}
