using System.Collections.Immutable;
using System.Text;

namespace Failover;

/// <summary>Whether an HTTP server answers a request as it should.</summary>
/// <remarks>
/// It is ok if the answer is complete within the timeout and is what is expected; else fail, with the cause first: those of
/// <see cref="TcpCheck"/>, <c>certificate expired on 2026-01-01</c>, <c>timed out after 2s in TLS handshake</c>, <c>status 503</c>,
/// <c>body lacks "ready"</c>. Each probe makes a connection of its own, so that name resolution and whatever balances connections are
/// tested as well. Of the answer, at most 16 KiB of head and 64 KiB of body are read; the body has to be complete unless it is longer.
/// Compression is not asked for, proxies of the environment are not used, and nothing is retried. A proxy that is not reached or refuses is an error.
/// </remarks>
public sealed partial record HttpCheck : ProbeCheck, IExchangeCheck, ITargetedCheck
{
    private const int MostRedirects = 10;

    private readonly Destination destination;
    private readonly ConnectTarget? instead;
    private readonly HttpProxy? through;
    private readonly TlsClient tls;
    private readonly HttpExpectation expected;
    private readonly Prepared<byte[]> sent = new();
    private readonly ValueList<KeyValuePair<string, string>>? headers;
    private readonly ValueList<KeyValuePair<string, string>>? headerMatches;

    /// <summary>Describes the request and what is expected; resolves and connects nothing.</summary>
    /// <param name="url">Where the request goes: <c>http://</c> or <c>https://</c>.</param>
    /// <param name="method">The method, in capitals; left out, <c>GET</c>.</param>
    /// <param name="headers">Headers of the request; <c>Host</c> too, apart from the URL.</param>
    /// <param name="body">The body of the request, sent in UTF-8; left out, none.</param>
    /// <param name="status">The status codes that are right: <c>200</c>, <c>"200-299"</c>; left out, 200 to 399.</param>
    /// <param name="bodyContains">What the body has to hold, in this case of letters.</param>
    /// <param name="bodyMatches">A regular expression that the body has to match somewhere, without lookaround and backreferences.</param>
    /// <param name="jsonEquals">Values in a JSON body, by JSON pointer (RFC 6901): <c>"/status"</c> and <c>"UP"</c>. Texts are compared without
    /// their quotes, all else as it is written.</param>
    /// <param name="headerMatches">Regular expressions that headers of the answer have to match somewhere, by the name of the header.</param>
    /// <param name="protocol">The version of HTTP.</param>
    /// <param name="followRedirects">Whether redirects are followed, up to 10, never from https to http. Another server is sent neither the given
    /// headers nor the authorization. Left out, a redirect is an answer like any other.</param>
    /// <param name="authorization"><c>Basic USER:PASSWORD</c> or <c>Bearer TOKEN</c>. Never shown.</param>
    /// <param name="connectTo">Where to connect to instead of the host and port of the URL, which still name the server in TLS and in <c>Host</c>:
    /// <c>HOST</c>, <c>HOST:PORT</c>, <c>[IPV6]:PORT</c> or <c>unix:PATH</c>.</param>
    /// <param name="family">The addresses of the host that are tried.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; left out, those of the system. Read at each
    /// probe.</param>
    /// <param name="insecure">Accepts any certificate.</param>
    /// <param name="clientCertificate">A file with the certificate to show, and those of its issuers, in PEM. Read at each probe.</param>
    /// <param name="clientKey">A file with its key, in PEM; left out, it is in the file of the certificate.</param>
    /// <param name="latency">The longest that the probe may take, from 1 ms to 30 days; one that takes longer is a fail, although the answer is right.
    /// Left out, the timeout alone counts.</param>
    /// <param name="timeout">How long all of it may take, name resolution and redirects included, from 1 ms to 30 days; a probe that reaches it is
    /// a fail. Left out, 10 s. The files of certificates are read before it begins, and have as long again, up to 5 s.</param>
    /// <param name="resolver">The name server that is asked for the addresses of the host, instead of the system's resolver: <c>HOST</c>,
    /// <c>HOST:PORT</c> or <c>[IPV6]:PORT</c>. A probe that gets no word from it is an error.</param>
    /// <param name="proxy">The proxy that requests go through: <c>http://HOST:PORT</c>, or with <c>USER:PASSWORD@</c> before the host, where characters
    /// that a URL cannot have are percent-encoded. Never shown. It looks up the host of the URL; <paramref name="family"/> and
    /// <paramref name="resolver"/> are for the proxy's own. Left out, none, whatever the environment says.</param>
    /// <exception cref="ArgumentException">An argument is missing, out of range or of another form, or two do not go together. The message says
    /// what is accepted.</exception>
    public HttpCheck(
        string url,
        string? method = null,
        IEnumerable<KeyValuePair<string, string>>? headers = null,
        string? body = null,
        IEnumerable<StatusRange>? status = null,
        string? bodyContains = null,
        string? bodyMatches = null,
        IEnumerable<KeyValuePair<string, string>>? jsonEquals = null,
        IEnumerable<KeyValuePair<string, string>>? headerMatches = null,
        HttpProtocol protocol = HttpProtocol.Http1,
        bool followRedirects = false,
        string? authorization = null,
        string? connectTo = null,
        IpFamily family = IpFamily.Any,
        string? ca = null,
        bool insecure = false,
        string? clientCertificate = null,
        string? clientKey = null,
        TimeSpan? latency = null,
        TimeSpan? timeout = null,
        string? resolver = null,
        string? proxy = null
    )
    {
        Url = UrlOption.Check(url);
        Method = MethodOption.CheckIfGiven(method) ?? DefaultMethod;
        this.headers = HeadersOption.Check(headers);
        Body = body;
        Protocol = ProtocolOption.Check(protocol);
        FollowRedirects = followRedirects;
        Authorization = AuthorizationOption.CheckIfGiven(authorization);
        ConnectTo = ConnectToOption.CheckIfGiven(connectTo);
        Family = FamilyOption.Check(family);
        Latency = LatencyOption.CheckIfGiven(latency);
        Timeout = TimeoutOption.Check(timeout);
        tls = TlsOptions.Check(ca, insecure, clientCertificate, clientKey);
        Resolver = ResolverOption.CheckIfGiven(resolver);
        Proxy = ProxyOption.CheckIfGiven(proxy);
        instead = ConnectTo is null ? null : ConnectTarget.Parse(ConnectTo);
        if (Proxy is not null && instead?.SocketPath is not null)
        {
            throw new ArgumentException(
                "connectTo is a Unix socket beside proxy, which cannot connect to it; accepted: a host",
                nameof(connectTo)
            );
        }

        through = Proxy is null ? null : HttpProxy.Parse(Proxy);
        destination = DestinationOf(new Uri(Url), instead);
        this.headerMatches = HeaderMatchesOption.Check(headerMatches);
        string? pattern = BodyMatchesOption.CheckIfGiven(bodyMatches);
        expected = new(
            StatusOption.Check(status) ?? new([new(200, 399)]),
            new(
                (this.headerMatches ?? new([])).Select(one => KeyValuePair.Create(one.Key, new TextPattern(one.Value)))
            ),
            bodyContains,
            pattern is null ? null : new(pattern),
            JsonEqualsOption.Check(jsonEquals) ?? new([])
        );
    }

    /// <summary>Where the request goes.</summary>
    public string Url { get; }

    /// <summary>The method of the request.</summary>
    public string Method { get; }

    /// <summary>The headers that were given.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => headers ?? new([]);

    /// <summary>The body of the request; null: none.</summary>
    public string? Body { get; }

    /// <summary>The status codes that are right.</summary>
    public IReadOnlyList<StatusRange> Status => expected.Status;

    /// <summary>What the body has to hold; null: not asked.</summary>
    public string? BodyContains => expected.Contains;

    /// <summary>What the body has to match; null: not asked.</summary>
    public string? BodyMatches => expected.Matches?.Text;

    /// <summary>Values that have to stand in a JSON body, by JSON pointer.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> JsonEquals => expected.Json;

    /// <summary>Regular expressions that headers of the answer have to match, by their names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> HeaderMatches => headerMatches ?? new([]);

    /// <summary>The version of HTTP.</summary>
    public HttpProtocol Protocol { get; }

    /// <summary>Whether redirects are followed.</summary>
    public bool FollowRedirects { get; }

    /// <summary>Who asks; null: nobody.</summary>
    public string? Authorization { get; }

    /// <summary>Where to connect to instead; null: where the URL says.</summary>
    public string? ConnectTo { get; }

    /// <summary>The addresses that are tried.</summary>
    public IpFamily Family { get; }

    /// <summary>A file with the root certificates that are trusted; null: those of the system.</summary>
    public string? Ca => tls.Ca;

    /// <summary>Whether any certificate is accepted.</summary>
    public bool Insecure => tls.IsInsecure;

    /// <summary>A file with the certificate that is shown; null: none.</summary>
    public string? ClientCertificate => tls.ClientCertificate;

    /// <summary>A file with its key; null: it is in the file of the certificate.</summary>
    public string? ClientKey => tls.ClientKey;

    /// <summary>The longest that the probe may take; null: the timeout alone counts.</summary>
    public TimeSpan? Latency { get; }

    /// <summary>How long all of it may take, behind the files of certificates.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The name server that is asked for addresses; null: the system's resolver.</summary>
    public string? Resolver { get; }

    /// <summary>The proxy that requests go through; null: none.</summary>
    public string? Proxy { get; }

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Timeout + tls.FilesTimeout(Timeout);

    /// <inheritdoc/>
    public override string? TargetHost => destination.Host;

    /// <inheritdoc/>
    public override string Summary => Method == DefaultMethod ? $"http {Url}" : $"http {Method} {Url}";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values =>
        [
            Url,
            Method,
            headers,
            Body,
            expected.Status,
            BodyContains,
            BodyMatches,
            expected.Json.Count == 0 ? null : expected.Json,
            headerMatches,
            Protocol,
            FollowRedirects,
            Authorization,
            ConnectTo,
            Family,
            Ca,
            Insecure,
            ClientCertificate,
            ClientKey,
            Latency,
            Timeout,
            Resolver,
            Proxy,
        ];

    // Reading the files of TLS may.
    internal override bool MayBlock => tls.HasFiles;

    // A redirect may lead to HTTPS, and .NET's client for HTTP/2 is not ours. A resolver is asked with numbers that nobody can guess.
    internal override bool UsesCryptography =>
        IsTls
        || FollowRedirects
        || tls.HasFiles
        || Protocol != HttpProtocol.Http1
        || through is not null
        || Resolver is not null;

    /// <summary>What looks up names; tests put their own in its place.</summary>
    internal INameResolver NameResolver
    {
        init => destination = destination with { Resolver = value };
    }

    // What follows the way of one probe; null: nobody does.
    private ProbeTrail? Trail { get; init; }

    (string Host, int? Port) ITargetedCheck.Target => (HttpTexts.HostOf(new(Url)), new Uri(Url).Port);

    ProbeCheck ITargetedCheck.Along(ProbeTrail trail) =>
        this with
        {
            NameResolver = trail.Over(DnsResolver.Of(Resolver), new Uri(Url).Port),
            Trail = trail,
        };

    /// <inheritdoc/>
    public override ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken) =>
        OperatingSystem.IsLinux() && AwaitedProbe.TryRun(this, time, cancellationToken, out Task<Observation>? onLoop)
            ? new(onLoop)
            : TlsProbe.RunAsync(tls, Timeout, time, probe => ProbeAsync(probe, time), cancellationToken);

    // One request in plain text, and its answer as it is.
    TcpPath? IExchangeCheck.OnlyPath =>
        Protocol == HttpProtocol.Http1 && !FollowRedirects && through is null && !tls.HasFiles && !IsTls
            ? destination.Only
            : null;

    async ValueTask<Observation> IExchangeCheck.TalkAsync(Stream stream, PhaseTimes phases, CancellationToken deadline)
    {
        HttpOutcome outcome = await Http1Exchange.TalkAsync(
            stream,
            sent.Of(this, static check => check.Request().ToBytes()),
            Method == HttpRequest.Head,
            destination.Text,
            phases,
            deadline
        );
        if (outcome.Answer is not { } answer)
        {
            return outcome.Failure!;
        }

        if (expected.IsQuick(answer))
        {
            return Judge(answer, phases);
        }

        await stream.DisposeAsync();
        return await Task.Run(() => Judge(answer, phases), CancellationToken.None);
    }

    private bool IsTls => Url.StartsWith(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    private HttpRequest Request() =>
        new(
            new(Url),
            Method,
            Headers,
            Authorization is null ? null : HttpTexts.HeaderOf(Authorization),
            Body is null ? null : Encoding.UTF8.GetBytes(Body)
        );

    private async ValueTask<Observation> ProbeAsync(TlsProbe probe, TimeProvider time)
    {
        var (files, phases, deadline) = probe;
        HttpRequest request = Request();
        (Destination to, ConnectTarget? other) = (destination, instead);
        for (int redirects = 0; ; redirects++)
        {
            HttpConnector connector = new(to, tls, time, through, other);
            HttpOutcome outcome =
                Protocol == HttpProtocol.Http1
                    ? await new Http1Exchange(connector).RunAsync(request, files, phases, deadline)
                    : await new Http2Exchange(connector).RunAsync(request, files, phases, deadline);
            if (outcome.Answer is not { } answer)
            {
                return outcome.Failure!;
            }

            if (!FollowRedirects || answer.Location is not { } location)
            {
                return Judge(answer, phases);
            }

            if (redirects == MostRedirects)
            {
                return Observation.Fail($"redirected more than {MostRedirects} times");
            }

            if (request.RedirectedTo(location, answer.Status) is not { } next)
            {
                return Observation.Fail($"redirected to {Printable.Quoted(location)}, which is not followed");
            }

            Trail?.Redirected(next.IsTls);
            if (!request.IsSameServer(next.Url))
            {
                if (Trail?.RefusalOf(HttpTexts.HostOf(next.Url), next.Url.Port) is { } refusal)
                {
                    return Observation.Fail(
                        $"redirected to {Printable.Quoted(location)}, which is not followed: {refusal}"
                    );
                }

                if (through is null && HostOption.AddressOf(next.Host) is { } address && !Family.Has(address))
                {
                    return Observation.Fail(
                        $"redirected to {Printable.Quoted(location)}, which is no {Family.Word()} address"
                    );
                }

                (to, other) = (DestinationOf(next.Url, other: null), null);
            }

            request = next;
        }
    }

    private Observation Judge(HttpAnswer answer, PhaseTimes phases)
    {
        TimeSpan total = phases.Total;
        string? flawed = expected.FlawOf(answer);
        Trail?.Answered(answer, isRightButForItsText: flawed is not null && expected.IsRight(answer.Status));
        return flawed is { } flaw ? Observation.Fail(flaw)
            : total > Latency ? phases.Slow(total, Latency.Value)
            : Observation.Ok($"status {answer.Status} in {PhaseTimes.Rounded(total)}");
    }

    private Destination DestinationOf(Uri url, ConnectTarget? other) =>
        new(through?.Host ?? HttpTexts.HostOf(url), through?.Port ?? url.Port, through is null ? other : null, Family)
        {
            Resolver = Trail?.Over(DnsResolver.Of(Resolver), url.Port) ?? DnsResolver.Of(Resolver),
        };
}
