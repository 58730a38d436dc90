using System.Collections.Immutable;
using System.Text.Json;

namespace Failover.Abstractions;

/// <summary>Posts alerts to Prometheus' Alertmanager, again every minute for as long as something is wrong.</summary>
/// <remarks>
/// <para>An alert that is not sent again, because this process is gone, ends by itself 4 minutes later. An event without an end is an
/// alert with an end: 5 minutes after it is sent.</para>
/// <para>The labels are <c>alertname</c> (<c>FailoverNotification</c>), <c>subject</c>, <c>component</c>, <c>severity</c> and <c>instance</c>, and
/// those that are given. An alert whose severity changes becomes another one; that of before ends at that moment.</para>
/// </remarks>
public sealed record Alertmanager : HttpReceiver
{
    private const string AlertName = "FailoverNotification";

    // As Prometheus has it: sent every minute, valid for four times that (rules/manager.go, ResendDelay).
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Validity = 4 * Interval;
    private static readonly TimeSpan EventValidity = TimeSpan.FromMinutes(5);

    private readonly ValueList<string> urls;
    private readonly ValueList<KeyValuePair<string, string>>? labels;

    /// <summary>Describes the requests; sends nothing.</summary>
    /// <param name="urls">The servers, as <c>http://alertmanager:9093</c>. All members of a cluster are sent each alert: it is delivered once one of them accepts
    /// it.</param>
    /// <param name="labels">Further labels of each alert, as <c>team: shop</c>.</param>
    /// <param name="token">An access token, for a proxy in front of them. Never shown.</param>
    /// <param name="username">A user name, instead of a token.</param>
    /// <param name="password">The password of the user. Never shown.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; left out, those of the system.</param>
    /// <param name="timeout">How long an attempt may take, from 1 ms to 1 min; left out, 10 s.</param>
    /// <exception cref="ArgumentException">An argument is missing or of another form, or there are a token and a user name. The message says what is
    /// accepted.</exception>
    public Alertmanager(
        IEnumerable<string> urls,
        IEnumerable<KeyValuePair<string, string>>? labels = null,
        string? token = null,
        string? username = null,
        string? password = null,
        string? ca = null,
        TimeSpan? timeout = null
    )
        : base(ca, timeout)
    {
        this.urls = UrlsOption.Check(urls)!;
        this.labels = LabelsOption.Check(labels);
        ReceiverCredentials.Check(token, username, password);
        (Token, Username, Password) = (token, username, password);
    }

    private static readonly ListOption<string> UrlsOption = new(
        "urls",
        "the servers; all members of a cluster are sent each alert, and one that accepts it is enough",
        new FormattedOption(
            "url",
            "a server",
            "an http:// or https:// URL without a query",
            "http://alertmanager.example.net:9093",
            text => UrlFlaw(text) ?? (new Uri(text).Query.Length > 0 ? "with a query" : null)
        )
    );

    private static readonly MapOption<string> LabelsOption = new(
        "labels",
        "further labels of each alert",
        new FormattedOption("name", "the name of a label", "letters, digits and _, no digit first", "team", LabelFlaw),
        new FormattedOption("value", "its value", "a text", "shop", text => text.Length > 0 ? null : ""),
        "none"
    );

    /// <inheritdoc cref="Webhook.Kind"/>
    public static ReceiverKind Kind { get; } =
        new(
            "alertmanager",
            "Prometheus' Alertmanager, again every minute for as long as something is wrong",
            [
                UrlsOption,
                LabelsOption,
                ReceiverCredentials.TokenOption,
                ReceiverCredentials.UsernameOption,
                ReceiverCredentials.PasswordOption,
                CaOption,
                TimeoutOption,
            ]
        )
        {
            Make = given => new Alertmanager(
                (IEnumerable<string>)given[0]!,
                (IEnumerable<KeyValuePair<string, string>>?)given[1],
                (string?)given[2],
                (string?)given[3],
                (string?)given[4],
                (string?)given[5],
                (TimeSpan?)given[6]
            ),
        };

    /// <summary>The servers.</summary>
    public IReadOnlyList<string> Urls => urls;

    /// <summary>The labels that were given.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels => labels ?? new([]);

    /// <summary>An access token; null: none.</summary>
    public string? Token { get; }

    /// <summary>A user name; null: none.</summary>
    public string? Username { get; }

    /// <summary>The password of the user; null: none.</summary>
    public string? Password { get; }

    /// <inheritdoc/>
    public override string Summary => $"Alertmanager at {string.Join(", ", urls.Select(HostOf))}";

    internal override TimeSpan? RepeatInterval => Interval;

    internal override ReceiverKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [urls, labels, Token, Username, Password, Ca, Timeout];

    internal override HttpRequestMessage RequestOf(NotificationMessage message) => RequestTo(urls[0], message);

    internal override IEnumerable<HttpRequestMessage> RequestsOf(NotificationMessage message) =>
        urls.Select(url => RequestTo(url, message));

    private HttpRequestMessage RequestTo(string url, NotificationMessage message)
    {
        HttpRequestMessage request = Post(
            $"{url.TrimEnd('/')}/api/v2/alerts",
            MessageJson.Of(json => Write(json, message))
        );
        request.Headers.Authorization = ReceiverCredentials.HeaderOf(Token, Username, Password);
        return request;
    }

    // https://prometheus.io/docs/alerting/latest/alerts_api/
    private void Write(Utf8JsonWriter json, NotificationMessage message)
    {
        json.WriteStartArray();
        foreach (Notification told in NewestOf(message.All))
        {
            foreach (NotificationSeverity severity in Enum.GetValues<NotificationSeverity>())
            {
                // The alert with the severity of before ends, whether there was one or not: Alertmanager notifies nobody of the end of an alert that it never saw.
                bool isNow = severity == told.Severity;
                if (isNow || told.Status != NotificationStatus.Event)
                {
                    WriteAlert(json, message, told, severity, EndOf(told, message, isNow));
                }
            }
        }

        json.WriteEndArray();
    }

    private static IEnumerable<Notification> NewestOf(ImmutableArray<Notification> all) =>
        all.GroupBy(one => one.Status == NotificationStatus.Event ? one.Id : one.Alarm, StringComparer.Ordinal)
            .Select(same => same.Last());

    private static DateTimeOffset EndOf(Notification told, NotificationMessage message, bool isNow) =>
        told.Status switch
        {
            NotificationStatus.Event => message.SentAt + EventValidity,
            NotificationStatus.Firing when isNow => message.SentAt + Validity,
            _ => told.At,
        };

    private void WriteAlert(
        Utf8JsonWriter json,
        NotificationMessage message,
        Notification told,
        NotificationSeverity severity,
        DateTimeOffset end
    )
    {
        json.WriteStartObject();
        json.WriteStartObject("labels");
        SortedDictionary<string, string> all = new(StringComparer.Ordinal)
        {
            ["alertname"] = AlertName,
            ["subject"] = told.Subject,
            ["severity"] = NotificationWords.Of(severity),
            ["instance"] = message.Instance,
        };
        if (told.Component is { } component)
        {
            all["component"] = component;
        }

        // Each is an alert of its own: two of one subject are not the same.
        if (told.Status == NotificationStatus.Event)
        {
            all["notification"] = told.Id;
        }

        foreach ((string name, string value) in Labels)
        {
            all[name] = value;
        }

        foreach ((string name, string value) in all)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteStartObject("annotations");
        json.WriteString("summary", NotificationMessage.TitleOf(told));
        json.WriteString("description", told.Reason);
        json.WriteString("topics", string.Join(' ', NotificationWords.Of(told.Topic)));
        json.WriteIfKnown("state", told.State?.Word());
        json.WriteEndObject();
        json.WriteString("startsAt", NotificationWords.Of(told.Since < end ? told.Since : end));
        json.WriteString("endsAt", NotificationWords.Of(end));
        json.WriteIfKnown("generatorURL", message.Link);
        json.WriteEndObject();
    }

    // https://prometheus.io/docs/concepts/data_model/: what begins with two underscores is for Prometheus itself.
    private static string? LabelFlaw(string name) =>
        name.Length == 0
        || char.IsAsciiDigit(name[0])
        || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')
        || name.StartsWith("__", StringComparison.Ordinal)
            ? ""
            : null;
}
