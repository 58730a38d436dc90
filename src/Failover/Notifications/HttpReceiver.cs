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

    /// <summary>The request that tells a message.</summary>
    internal abstract HttpRequestMessage RequestOf(NotificationMessage message);

    internal override async ValueTask<SendResult> SendAsync(
        NotificationMessage message,
        CancellationToken cancellationToken
    )
    {
        using HttpRequestMessage request = RequestOf(message);
        return await ReceiverHttp.SendAsync(request, Ca, Timeout, cancellationToken);
    }

    /// <summary>The host of a URL, which may be shown.</summary>
    private protected static string HostOf(string url) => new Uri(url).Authority;

    private static string? UrlFlaw(string text) =>
        !Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
        || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            ? ""
        : url.UserInfo.Length > 0 ? "with a user name in it"
        : url.Fragment.Length > 0 ? "with a fragment"
        : null;
}
