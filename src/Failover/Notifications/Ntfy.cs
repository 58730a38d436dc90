using System.Collections.Immutable;

namespace Failover.Abstractions;

/// <summary>Publishes to an ntfy topic, on <c>ntfy.sh</c> or another server.</summary>
/// <remarks>Its priority is 5 for what is critical, 4 for a warning, and 3 for all else.</remarks>
public sealed record Ntfy : HttpReceiver
{
    // https://docs.ntfy.sh/publish/#limitations: a longer message becomes a file that is attached.
    private const int LongestMessage = 4096;

    // Phones show no more; the request is to be small enough in all.
    private const int LongestTitle = 250;

    private readonly ValueList<string>? tags;

    /// <summary>Describes the request; sends nothing.</summary>
    /// <param name="url">The topic, as <c>https://ntfy.sh/TOPIC</c>. Never shown but for its host: who knows it can read along.</param>
    /// <param name="token">An access token. Never shown.</param>
    /// <param name="username">A user name, instead of a token.</param>
    /// <param name="password">The password of the user. Never shown.</param>
    /// <param name="tags">Tags beside the one that says what it is about, as <c>europe</c>; those with the names of emoji are shown as
    /// such.</param>
    /// <param name="icon">The address of a picture; left out, none.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; left out, those of the system.</param>
    /// <param name="timeout">How long an attempt may take, from 1 ms to 1 min; left out, 10 s.</param>
    /// <exception cref="ArgumentException">An argument is missing or of another form, or there are a token and a user name. The message says what is
    /// accepted.</exception>
    public Ntfy(
        string url,
        string? token = null,
        string? username = null,
        string? password = null,
        IEnumerable<string>? tags = null,
        string? icon = null,
        string? ca = null,
        TimeSpan? timeout = null
    )
        : base(ca, timeout)
    {
        Url = TopicOption.Check(url);
        ReceiverCredentials.Check(token, username, password);
        (Token, Username, Password) = (token, username, password);
        this.tags = TagsOption.Check(tags);
        Icon = IconOption.CheckIfGiven(icon);
    }

    private static readonly FormattedOption TopicOption = new(
        "url",
        "the topic, behind its server",
        "an http:// or https:// URL with a topic of up to 64 letters, digits, - and _",
        "https://ntfy.sh/alerts-7Hq2",
        text => UrlFlaw(text) ?? TopicFlaw(text)
    )
    {
        IsConcealed = true,
    };

    private static readonly ListOption<string> TagsOption = new(
        "tags",
        "tags beside the one that says what it is about",
        new FormattedOption(
            "tag",
            "a tag",
            "a word, without spaces and commas",
            "europe",
            text =>
                text.Length == 0
                || text.Any(letter => letter == ',' || char.IsWhiteSpace(letter) || char.IsControl(letter))
                    ? ""
                    : null
        ),
        "none"
    );

    private static readonly FormattedOption IconOption = new(
        "icon",
        "the address of a picture",
        "an http:// or https:// URL",
        "https://example.net/failover.png",
        UrlFlaw,
        "none"
    );

    /// <inheritdoc cref="Webhook.Kind"/>
    public static ReceiverKind Kind { get; } =
        new(
            "ntfy",
            "an ntfy topic",
            [
                TopicOption,
                ReceiverCredentials.TokenOption,
                ReceiverCredentials.UsernameOption,
                ReceiverCredentials.PasswordOption,
                TagsOption,
                IconOption,
                CaOption,
                TimeoutOption,
            ]
        )
        {
            ShortOption = TopicOption,
            Make = given => new Ntfy(
                (string)given[0]!,
                (string?)given[1],
                (string?)given[2],
                (string?)given[3],
                (IEnumerable<string>?)given[4],
                (string?)given[5],
                (string?)given[6],
                (TimeSpan?)given[7]
            ),
        };

    /// <summary>The topic, behind its server.</summary>
    public string Url { get; }

    /// <summary>An access token; null: none.</summary>
    public string? Token { get; }

    /// <summary>A user name; null: none.</summary>
    public string? Username { get; }

    /// <summary>The password of the user; null: none.</summary>
    public string? Password { get; }

    /// <summary>The tags that were given.</summary>
    public IReadOnlyList<string> Tags => tags ?? new([]);

    /// <summary>The address of a picture; null: none.</summary>
    public string? Icon { get; }

    /// <inheritdoc/>
    public override string Summary => $"ntfy at {HostOf(Url)}";

    internal override ReceiverKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Url, Token, Username, Password, tags, Icon, Ca, Timeout];

    // As JSON, to the server itself (https://docs.ntfy.sh/publish/#publish-as-json): a header holds no line breaks, and letters beyond ASCII
    // only in disguise.
    internal override HttpRequestMessage RequestOf(NotificationMessage message)
    {
        int slash = Url.LastIndexOf('/');
        byte[] body = MessageJson.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("topic", Url[(slash + 1)..]);
            json.WriteString("title", MessageText.Cut(message.Title, LongestTitle));
            json.WriteString("message", MessageText.CutBytes(message.Text, LongestMessage));
            json.WriteNumber("priority", PriorityOf(message.First));
            json.WriteStartArray("tags");
            json.WriteStringValue(TagOf(message.First));
            foreach (string tag in Tags)
            {
                json.WriteStringValue(tag);
            }

            json.WriteEndArray();
            json.WriteIfKnown("click", message.Link);
            json.WriteIfKnown("icon", Icon);
            json.WriteEndObject();
        });
        HttpRequestMessage request = Post(Url[..(slash + 1)], body);
        request.Headers.Authorization = ReceiverCredentials.HeaderOf(Token, Username, Password);
        return request;
    }

    // https://docs.ntfy.sh/publish/#message-priority: from 1 to 5, 3 where nothing is said.
    private static int PriorityOf(Notification told) =>
        told switch
        {
            { Status: NotificationStatus.Resolved } => 3,
            { Severity: NotificationSeverity.Critical } => 5,
            { Severity: NotificationSeverity.Warning } => 4,
            _ => 3,
        };

    // https://docs.ntfy.sh/emojis/
    private static string TagOf(Notification told) =>
        told switch
        {
            { Status: NotificationStatus.Resolved } => "white_check_mark",
            { Status: NotificationStatus.Event } => "information_source",
            { Severity: NotificationSeverity.Critical } => "rotating_light",
            _ => "warning",
        };

    private static string? TopicFlaw(string text)
    {
        string topic = text[(text.LastIndexOf('/') + 1)..];
        return new Uri(text).AbsolutePath == "/" ? "without a topic"
            : topic.Length is 0 or > 64
            || !topic.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
                ? "whose topic is none"
            : null;
    }
}
