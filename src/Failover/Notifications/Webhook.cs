using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Failover;

/// <summary>Tells a web server, by default with a CloudEvent in JSON: one, or a batch of several.</summary>
/// <remarks>A signature is the one of the Standard Webhooks: the headers <c>webhook-id</c>, <c>webhook-timestamp</c> and
/// <c>webhook-signature</c>, which is <c>v1,</c> and, in base64, the HMAC-SHA256 of the first two and the body, joined by dots.</remarks>
public sealed record Webhook : HttpReceiver
{
    private const string Json = "application/json";

    private readonly ValueList<KeyValuePair<string, string>>? headers;

    /// <summary>Describes the request; sends nothing.</summary>
    /// <param name="url">Where it is sent: <c>http://</c> or <c>https://</c>. Never shown but for its host.</param>
    /// <param name="headers">Headers of the request. Their values are never shown.</param>
    /// <param name="body">Its body, with places for what the message says, as <c>{"text": "{{title}}"}</c>; left out, a CloudEvent. In JSON, what
    /// is put in is escaped.</param>
    /// <param name="contentType">The type of the body, where there is one; left out, JSON.</param>
    /// <param name="secret">The key of a signature: any text, or <c>whsec_</c> and its bytes in base64; left out, there is none.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; left out, those of the system.</param>
    /// <param name="timeout">How long an attempt may take, from 1 ms to 1 min; left out, 10 s.</param>
    /// <exception cref="ArgumentException">An argument is missing or of another form. The message says what is accepted.</exception>
    public Webhook(
        string url,
        IEnumerable<KeyValuePair<string, string>>? headers = null,
        string? body = null,
        string? contentType = null,
        string? secret = null,
        string? ca = null,
        TimeSpan? timeout = null
    )
        : base(ca, timeout)
    {
        Url = UrlOption.Check(url);
        this.headers = HeadersOption.Check(headers);
        Body = BodyOption.CheckIfGiven(body);
        ContentType = ContentTypeOption.CheckIfGiven(contentType) ?? Json;
        Secret = SecretOption.CheckIfGiven(secret);
    }

    private static readonly MapOption<string> HeadersOption = new(
        "headers",
        "headers of the request",
        new FormattedOption("name", "the name of a header", "the name of a header", "X-Team", HttpTexts.HeaderNameFlaw),
        new FormattedOption("value", "its value", "a text in one line", "shop", HttpTexts.HeaderValueFlaw)
        {
            IsConcealed = true,
        },
        "none"
    );

    private static readonly FormattedOption BodyOption = new(
        "body",
        "the body, with places for what the message says; in JSON, what is put in is escaped",
        $"a text with {{{{NAME}}}} for one of {MessageTemplate.Names}",
        "{\"text\": \"{{title}}\"}",
        MessageTemplate.FlawOf,
        "a CloudEvent, or a batch of several"
    );

    private static readonly FormattedOption ContentTypeOption = new(
        "contentType",
        "the type of the body, where there is one",
        "a media type",
        "text/plain; charset=utf-8",
        text => MediaTypeHeaderValue.TryParse(text, out _) ? null : "",
        Json
    );

    private static readonly FormattedOption SecretOption = new(
        "secret",
        "the key of a signature, as the Standard Webhooks have it",
        "8 characters or more, or whsec_ and bytes in base64",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        text => text.Length < 8 || KeyOf(text).Length == 0 ? "" : null,
        "no signature"
    )
    {
        IsConcealed = true,
    };

    /// <summary>The kind as data: its name, meaning and options.</summary>
    public static ReceiverKind Kind { get; } =
        new(
            "webhook",
            "a web server, by default with a CloudEvent in JSON",
            [UrlOption, HeadersOption, BodyOption, ContentTypeOption, SecretOption, CaOption, TimeoutOption]
        )
        {
            ShortOption = UrlOption,
            Make = given => new Webhook(
                (string)given[0]!,
                (ValueList<KeyValuePair<string, string>>?)given[1],
                (string?)given[2],
                (string?)given[3],
                (string?)given[4],
                (string?)given[5],
                (TimeSpan?)given[6]
            ),
        };

    /// <summary>Where it is sent.</summary>
    public string Url { get; }

    /// <summary>The headers that were given.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => headers ?? new([]);

    /// <summary>The body that was given; null: a CloudEvent.</summary>
    public string? Body { get; }

    /// <summary>The type of the body, where there is one.</summary>
    public string ContentType { get; }

    /// <summary>The key of a signature; null: none.</summary>
    public string? Secret { get; }

    /// <inheritdoc/>
    public override string Summary => $"webhook at {HostOf(Url)}";

    internal override ReceiverKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Url, headers, Body, ContentType, Secret, Ca, Timeout];

    internal override HttpRequestMessage RequestOf(NotificationMessage message)
    {
        string type = Body is null ? CloudEvents.TypeOf(message) : ContentType;
        byte[] body = Body is null
            ? CloudEvents.Of(message)
            : Encoding.UTF8.GetBytes(
                MessageTemplate
                    .Of(Body)
                    .Render(message, ContentType.Contains("json", StringComparison.OrdinalIgnoreCase))
            );
        HttpRequestMessage request = new(HttpMethod.Post, Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (Secret is not null)
        {
            Sign(request, Secret, message, body);
        }

        foreach ((string name, string value) in Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static void Sign(HttpRequestMessage request, string secret, NotificationMessage message, byte[] body)
    {
        string id = message.First.Id;
        string sentAt = FormattableString.Invariant($"{message.SentAt.ToUnixTimeSeconds()}");
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{sentAt}."), .. body];
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", sentAt);
        request.Headers.Add(
            "webhook-signature",
            $"v1,{Convert.ToBase64String(HMACSHA256.HashData(KeyOf(secret), signed))}"
        );
    }

    private static byte[] KeyOf(string secret)
    {
        const string prefix = "whsec_";
        if (!secret.StartsWith(prefix, StringComparison.Ordinal))
        {
            return Encoding.UTF8.GetBytes(secret);
        }

        byte[] key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[prefix.Length..], key, out int length) ? key[..length] : [];
    }
}
