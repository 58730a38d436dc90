namespace Failover;

// Its options as data.
public sealed partial record HttpCheck
{
    private const string DefaultMethod = "GET";

    private static readonly FormattedOption UrlOption = new(
        "url",
        "where the request goes",
        "a URL that begins with http:// or https://",
        "https://web.example.net/healthz",
        HttpTexts.UrlFlaw
    );
    private static readonly FormattedOption MethodOption = new(
        "method",
        "the method of the request",
        "a method in capitals, as GET, HEAD, OPTIONS or POST",
        "HEAD",
        HttpTexts.MethodFlaw,
        DefaultMethod
    );
    private static readonly FormattedOption HeaderNameOption = new(
        "header",
        "the name of a header",
        "the name of a header, of those that the check does not set itself",
        "Accept-Language",
        HttpTexts.HeaderNameFlaw
    );
    private static readonly FormattedOption AnyHeaderNameOption = HeaderNameOption with
    {
        Example = "Content-Type",
        FlawOf = HttpTexts.AnyHeaderNameFlaw,
    };
    private static readonly FormattedOption PatternOption = new(
        "pattern",
        "a regular expression",
        TextPattern.Accepted,
        "^text/(html|plain)",
        TextPattern.FlawOf
    );
    private static readonly MapOption<string> HeadersOption = new(
        "headers",
        "headers of the request",
        HeaderNameOption,
        new FormattedOption(
            "value",
            "its value",
            "a text without control characters",
            "de, en;q=0.8",
            HttpTexts.HeaderValueFlaw
        ),
        "User-Agent: failover and Accept: */*"
    );
    private static readonly TextOption BodyOption = new("body", "the body of the request", "none");
    private static readonly ListOption<StatusRange> StatusOption = new(
        "status",
        "the status codes that are right",
        new StatusRangeOption("code", "a status code"),
        "200-399"
    );
    private static readonly TextOption BodyContainsOption = new(
        "bodyContains",
        "what the body has to hold",
        "not asked"
    );
    private static readonly FormattedOption BodyMatchesOption = new(
        "bodyMatches",
        "a regular expression that the body has to match",
        TextPattern.Accepted,
        "(?i)ready|up",
        TextPattern.FlawOf,
        "not asked"
    );
    private static readonly MapOption<string> JsonEqualsOption = new(
        "jsonEquals",
        "values that have to stand in a JSON body, by JSON pointer",
        new FormattedOption(
            "pointer",
            "a place in the body",
            "a JSON pointer (RFC 6901)",
            "/status",
            HttpTexts.PointerFlaw
        ),
        new TextOption("value", "the value there", ""),
        "not asked"
    );
    private static readonly MapOption<string> HeaderMatchesOption = new(
        "headerMatches",
        "regular expressions that headers of the answer have to match, by their names",
        AnyHeaderNameOption,
        PatternOption,
        "not asked"
    );
    private static readonly ChoiceOption<HttpProtocol> ProtocolOption = new(
        "protocol",
        "the version of HTTP",
        HttpProtocol.Http1
    );
    private static readonly SwitchOption FollowRedirectsOption = new(
        "followRedirects",
        "follows up to 10 redirects, never from https to http"
    );
    private static readonly FormattedOption AuthorizationOption = new(
        "authorization",
        "who asks; never shown",
        "Basic USER:PASSWORD or Bearer TOKEN",
        "Basic monitor:se cret",
        HttpTexts.AuthorizationFlaw,
        "nobody"
    )
    {
        IsConcealed = true,
    };
    private static readonly FormattedOption ConnectToOption = new(
        "connectTo",
        "where to connect to instead of the host of the URL, which still names the server",
        ConnectTarget.Accepted,
        "192.0.2.10:8443",
        text => ConnectTarget.Parse(text) is null ? "" : null,
        "the host and port of the URL"
    );
    private static readonly ChoiceOption<IpFamily> FamilyOption = TlsOptions.Family();
    private static readonly PathOption CaOption = TlsOptions.Ca();
    private static readonly SwitchOption InsecureOption = TlsOptions.Insecure();
    private static readonly PathOption ClientCertificateOption = TlsOptions.ClientCertificate();
    private static readonly PathOption ClientKeyOption = TlsOptions.ClientKey();
    private static readonly DurationOption LatencyOption = TlsOptions.Latency();
    private static readonly DurationOption TimeoutOption = new(
        "timeout",
        "how long all of it may take, name resolution and redirects included",
        TimeSpan.FromSeconds(10)
    );

    private static readonly FormattedOption ResolverOption = DnsResolver.Option();
    private static readonly FormattedOption ProxyOption = new(
        "proxy",
        "the proxy that requests go through; never shown",
        HttpProxy.Accepted,
        "http://monitor:secret@proxy.example.net:3128",
        HttpProxy.FlawOf,
        "none, whatever the environment says"
    )
    {
        IsConcealed = true,
    };

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "http",
            "whether an HTTP server answers a request as it should",
            [
                UrlOption,
                MethodOption,
                HeadersOption,
                BodyOption,
                StatusOption,
                BodyContainsOption,
                BodyMatchesOption,
                JsonEqualsOption,
                HeaderMatchesOption,
                ProtocolOption,
                FollowRedirectsOption,
                AuthorizationOption,
                ConnectToOption,
                FamilyOption,
                CaOption,
                InsecureOption,
                ClientCertificateOption,
                ClientKeyOption,
                LatencyOption,
                TimeoutOption,
                ResolverOption,
                ProxyOption,
            ]
        )
        {
            Make = given => new HttpCheck(
                (string)given[0]!,
                (string?)given[1],
                (IEnumerable<KeyValuePair<string, string>>?)given[2],
                (string?)given[3],
                (IEnumerable<StatusRange>?)given[4],
                (string?)given[5],
                (string?)given[6],
                (IEnumerable<KeyValuePair<string, string>>?)given[7],
                (IEnumerable<KeyValuePair<string, string>>?)given[8],
                (HttpProtocol?)given[9] ?? ProtocolOption.Fallback,
                (bool?)given[10] ?? false,
                (string?)given[11],
                (string?)given[12],
                (IpFamily?)given[13] ?? FamilyOption.Fallback,
                (string?)given[14],
                (bool?)given[15] ?? false,
                (string?)given[16],
                (string?)given[17],
                (TimeSpan?)given[18],
                (TimeSpan?)given[19],
                (string?)given[20],
                (string?)given[21]
            ),
            ShortForm = new("URL", text => [(UrlOption, text)]),
            Target = new(
                new("URL, or the part of one behind http://", text => [(UrlOption, WithScheme(text))]),
                "http://target.example.net/"
            )
            {
                Others = [ConnectToOption, ProxyOption],
            },
        };

    private static string WithScheme(string target) =>
        target.StartsWith($"{Uri.UriSchemeHttp}://", StringComparison.OrdinalIgnoreCase)
        || target.StartsWith($"{Uri.UriSchemeHttps}://", StringComparison.OrdinalIgnoreCase)
            ? target
            : $"{Uri.UriSchemeHttp}://{target}";
}
