using System.Collections.Immutable;
using System.Text.Json;

namespace Failover.Abstractions;

/// <summary>Triggers and resolves PagerDuty alerts, by the Events API v2. An event without an end becomes a change event.</summary>
/// <remarks>Each notification is an event of its own, whose <c>dedup_key</c> is that of what is wrong: the incident that the first one opens
/// is updated by those that follow, and resolved by the last.</remarks>
public sealed record PagerDuty : HttpReceiver
{
    private const string DefaultUrl = "https://events.pagerduty.com";
    private const int KeyLength = 32;

    // https://developer.pagerduty.com/docs/send-alert-event: summary has at most 1024 characters, dedup_key 255.
    private const int LongestSummary = 1024;

    /// <summary>Describes the request; sends nothing.</summary>
    /// <param name="routingKey">The integration key of the service, or of an event orchestration: 32 letters and digits. Never shown.</param>
    /// <param name="url">The server of the Events API; left out, <c>https://events.pagerduty.com</c>.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; left out, those of the system.</param>
    /// <param name="timeout">How long an attempt may take, from 1 ms to 1 min; left out, 10 s.</param>
    /// <exception cref="ArgumentException">An argument is missing or of another form. The message says what is accepted.</exception>
    public PagerDuty(string routingKey, string? url = null, string? ca = null, TimeSpan? timeout = null)
        : base(ca, timeout)
    {
        RoutingKey = RoutingKeyOption.Check(routingKey);
        Url = ServerOption.CheckIfGiven(url) ?? DefaultUrl;
    }

    private static readonly FormattedOption RoutingKeyOption = new(
        "routingKey",
        "the integration key of the service, or of an event orchestration",
        $"{KeyLength} letters and digits",
        "R0123456789ABCDEFGHIJKLMNOPQRSTU",
        text => text.Length == KeyLength && text.All(char.IsAsciiLetterOrDigit) ? null : ""
    )
    {
        IsConcealed = true,
    };

    private static readonly FormattedOption ServerOption = new(
        "url",
        "the server of the Events API",
        "an http:// or https:// URL without a fragment",
        "https://events.eu.pagerduty.com",
        UrlFlaw,
        DefaultUrl
    );

    /// <inheritdoc cref="Webhook.Kind"/>
    public static ReceiverKind Kind { get; } =
        new(
            "pagerduty",
            "a PagerDuty service, by the Events API v2",
            [RoutingKeyOption, ServerOption, CaOption, TimeoutOption]
        )
        {
            ShortOption = RoutingKeyOption,
            Make = given => new PagerDuty((string)given[0]!, (string?)given[1], (string?)given[2], (TimeSpan?)given[3]),
        };

    /// <summary>The integration key.</summary>
    public string RoutingKey { get; }

    /// <summary>The server of the Events API.</summary>
    public string Url { get; }

    /// <inheritdoc/>
    public override string Summary => $"PagerDuty at {HostOf(Url)}";

    internal override int MostAtOnce => 1;

    internal override ReceiverKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [RoutingKey, Url, Ca, Timeout];

    internal override HttpRequestMessage RequestOf(NotificationMessage message)
    {
        Notification told = message.First;
        // https://developer.pagerduty.com/docs/send-change-event: nobody is alarmed, and nothing stays open.
        string path = told.Status == NotificationStatus.Event ? "/v2/change/enqueue" : "/v2/enqueue";
        return Post(Url.TrimEnd('/') + path, MessageJson.Of(json => Write(json, message, told)));
    }

    private void Write(Utf8JsonWriter json, NotificationMessage message, Notification told)
    {
        json.WriteStartObject();
        json.WriteString("routing_key", RoutingKey);
        if (told.Status != NotificationStatus.Event)
        {
            json.WriteString("event_action", told.Status == NotificationStatus.Resolved ? "resolve" : "trigger");
            json.WriteString("dedup_key", told.Alarm);
        }

        if (told.Status == NotificationStatus.Firing)
        {
            json.WriteString("client", "Failover");
            json.WriteIfKnown("client_url", message.Link);
        }

        if (told.Status != NotificationStatus.Resolved)
        {
            WritePayload(json, message, told);
            WriteLinks(json, message.Link);
        }

        json.WriteEndObject();
    }

    private static void WritePayload(Utf8JsonWriter json, NotificationMessage message, Notification told)
    {
        json.WriteStartObject("payload");
        json.WriteString("summary", MessageText.Cut(NotificationMessage.LineOf(told), LongestSummary));
        json.WriteString("source", message.Instance);
        json.WriteString("timestamp", NotificationWords.Of(told.At));
        if (told.Status == NotificationStatus.Firing)
        {
            // Of its words (critical, error, warning, info) ours are three.
            json.WriteString("severity", NotificationWords.Of(told.Severity));
            json.WriteString("component", told.Component ?? told.Subject);
            json.WriteIfKnown("group", GroupOf(told.Component));
            json.WriteString("class", string.Join(' ', NotificationWords.Of(told.Topic)));
        }

        json.WriteStartObject("custom_details");
        json.WriteString("reason", told.Reason);
        json.WriteIfKnown("state", told.State?.Word());
        json.WriteBoolean("latched", told.IsLatched);
        json.WriteString("since", NotificationWords.Of(told.Since));
        json.WriteString("route", message.Route);
        json.WriteString("id", told.Id);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLinks(Utf8JsonWriter json, string? link)
    {
        if (link is null)
        {
            return;
        }

        json.WriteStartArray("links");
        json.WriteStartObject();
        json.WriteString("href", link);
        json.WriteString("text", "The page of Failover");
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static string? GroupOf(string? component) =>
        component?.LastIndexOf('/') is > 0 and var slash ? component[..slash] : null;
}
