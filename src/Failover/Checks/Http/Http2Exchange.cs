using System.Net;
using System.Net.Security;
using System.Text;

namespace Failover;

/// <summary>One request and its answer by HTTP/2, over a connection of its own: .NET's client, on our dialer.</summary>
/// <param name="connector">Connects.</param>
internal sealed class Http2Exchange(HttpConnector connector)
{
    private const int LongestCause = 100;

    /// <inheritdoc cref="Http1Exchange.RunAsync"/>
    public async ValueTask<HttpOutcome> RunAsync(
        HttpRequest request,
        ClientCertificates files,
        PhaseTimes phases,
        CancellationToken deadline
    )
    {
        var (stream, failure) = await connector.OpenAsync(
            request,
            SslApplicationProtocol.Http2,
            files,
            phases,
            deadline
        );
        if (stream is null)
        {
            return HttpOutcome.Of(failure!);
        }

        await using (stream)
        {
            return await TalkAsync(stream, request, phases, deadline);
        }
    }

    private async ValueTask<HttpOutcome> TalkAsync(
        Stream stream,
        HttpRequest request,
        PhaseTimes phases,
        CancellationToken deadline
    )
    {
        phases.Begin(ProbePhase.FirstByte);
        using HttpMessageInvoker client = new(Handler(stream));
        using HttpRequestMessage message = MessageOf(request);
        try
        {
            using HttpResponseMessage answer = await client.SendAsync(message, deadline);
            phases.Begin(ProbePhase.Rest);
            return HttpOutcome.Of(await ReadAsync(answer, deadline));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            return HttpOutcome.Of(Read(fault, phases));
        }
    }

    // A probe tells what became of one request over one connection. The client would send it again, over this connection or another,
    // where the server says that it did not process it (RFC 9113, 8.7).
    private static SocketsHttpHandler Handler(Stream connection)
    {
        Stream? unused = connection;
        int sent = 0;
        return new()
        {
            ConnectCallback = (_, _) =>
                Interlocked.Exchange(ref unused, null) is { } first
                    ? new(first)
                    : ValueTask.FromException<Stream>(new SentAgainException()),
            // As HTTP/1.1 has them here. It is asked for each header whenever the request is sent, and each has this one.
            RequestHeaderEncodingSelector = (name, _) =>
                !name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase) || Interlocked.Increment(ref sent) == 1
                    ? Encoding.UTF8
                    : throw new SentAgainException(),
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            MaxResponseHeadersLength = HttpAnswer.LargestHead / 1024,
            MaxResponseDrainSize = 0,
            UseCookies = false,
            UseProxy = false,
        };
    }

    private static HttpRequestMessage MessageOf(HttpRequest request)
    {
        HttpRequestMessage message = new(new HttpMethod(request.Method), request.Url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        message.Headers.Host = request.Authority;
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
        }

        foreach ((string name, string value) in request.AllHeaders())
        {
            // Those of a body (Content-Type) belong to the body.
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content ??= new ByteArrayContent([]);
                message.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    private static async ValueTask<HttpAnswer> ReadAsync(HttpResponseMessage answer, CancellationToken deadline)
    {
        List<KeyValuePair<string, string>> headers = [.. Pairs(answer.Headers.Concat(answer.Content.Headers))];
        HttpAnswer head = new((int)answer.StatusCode, headers, [], IsCut: false) { Version = answer.Version };
        await using Stream content = await answer.Content.ReadAsStreamAsync(deadline);
        using AnswerLines lines = new(content);
        BodyBuffer body = new();
        await body.ReadAsync(lines, long.MaxValue, isToTheEnd: true, deadline);
        // They come behind a body that was read to its end.
        return body.Complete(head) with { Trailers = [.. Pairs(answer.TrailingHeaders)] };
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(
        IEnumerable<KeyValuePair<string, IEnumerable<string>>> headers
    ) =>
        headers.SelectMany(header => header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value)));

    private Observation Read(Exception fault, PhaseTimes phases)
    {
        HttpRequestError error = fault switch
        {
            HttpRequestException request => request.HttpRequestError,
            HttpIOException answer => answer.HttpRequestError,
            _ => HttpRequestError.Unknown,
        };
        return error switch
        {
            _ when fault.InnerException is SentAgainException => Observation.Fail(
                $"request refused or connection closed {phases.InPhase}: {connector.Target}"
            ),
            // Without a cause, the client says that a connection ended before it could send over it, whatever ended it: the target is there
            // by then, and what is asked of it is well-formed.
            HttpRequestError.Unknown when fault is HttpRequestException { InnerException: null } => Observation.Fail(
                $"the target does not speak HTTP/2, or has closed the connection: {connector.Target}"
            ),
            HttpRequestError.VersionNegotiationError => Observation.Fail($"HTTP/2 is not offered: {connector.Target}"),
            HttpRequestError.ConfigurationLimitExceeded => Observation.Fail(
                $"malformed answer, its head is larger than {HttpAnswer.LargestHead / 1024} KiB: {connector.Target}"
            ),
            HttpRequestError.HttpProtocolError or HttpRequestError.InvalidResponse => Observation.Fail(
                $"malformed answer, {Printable.Escape(fault.GetBaseException().Message, LongestCause)}: {connector.Target}"
            ),
            HttpRequestError.ResponseEnded => Observation.Fail(
                $"connection closed {phases.InPhase}: {connector.Target}"
            ),
            // The client wraps what the connection threw.
            _ => StreamFault.Read(
                fault is HttpRequestException { InnerException: IOException inner } ? inner : fault,
                phases,
                connector.Target
            ),
        };
    }

    private sealed class SentAgainException : IOException;
}
