namespace Failover.Abstractions;

/// <summary>A receiver that is notified by an HTTP request.</summary>
public abstract record HttpReceiver : NotificationReceiver
{
    internal static readonly FormattedOption UrlOption = new(
        "url",
        "where messages are sent",
        "an http:// or https:// URL without a fragment",
        "https://hooks.example.net/services/T0/B0/secret",
        UrlFlaw
    )
    {
        // Many services know who sends by nothing but the URL.
        IsConcealed = true,
    };

    internal static readonly PathOption CaOption = new(
        "ca",
        "the root certificates that are trusted, in PEM",
        "those of the system"
    );

    internal static readonly DurationOption TimeoutOption = new(
        "timeout",
        "how long an attempt may take",
        DefaultTimeout
    )
    {
        Most = TimeSpan.FromMinutes(1),
    };

    private protected HttpReceiver(string? ca, TimeSpan? timeout)
    {
        Ca = CaOption.CheckIfGiven(ca);
        Timeout = TimeoutOption.Check(timeout);
    }

    /// <summary>A file with the root certificates that are trusted; null: those of the system.</summary>
    public string? Ca { get; }

    /// <summary>How long an attempt may take.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The request that delivers a message.</summary>
    internal abstract HttpRequestMessage RequestOf(NotificationMessage message);

    /// <summary>The same to each of several servers: one that accepts it is enough.</summary>
    internal virtual IEnumerable<HttpRequestMessage> RequestsOf(NotificationMessage message) => [RequestOf(message)];

    /// <summary>A request with a body in JSON.</summary>
    private protected static HttpRequestMessage Post(string url, byte[] json) =>
        new(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(json) { Headers = { ContentType = new("application/json", "utf-8") } },
        };

    internal override async ValueTask<SendResult> SendAsync(
        NotificationMessage message,
        CancellationToken cancellationToken
    )
    {
        SendResult[] results = await Task.WhenAll(
            RequestsOf(message).Select(request => SendAsync(request, cancellationToken))
        );
        return results.FirstOrDefault(result => result.IsTaken, results[0]);
    }

    private async Task<SendResult> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            try
            {
                return await ReceiverHttp.SendAsync(request, Ca, Timeout, cancellationToken);
            }
#pragma warning disable CA1031 // Another server may accept it.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                return SendResult.Of(fault);
            }
        }
    }

    /// <summary>The host of a URL, which may be shown.</summary>
    private protected static string HostOf(string url) => new Uri(url).Authority;

    private protected static string? UrlFlaw(string text) =>
        !Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
        || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            ? ""
        : url.UserInfo.Length > 0 ? "with a user name in it"
        : url.Fragment.Length > 0 ? "with a fragment"
        : null;
}
