using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>One request and its answer by HTTP/2, over a connection of its own: .NET's client, on our dialer.</summary>
/// <param name="destination">Where to connect to.</param>
/// <param name="tls">How TLS is spoken.</param>
/// <param name="time">The clock.</param>
internal sealed class Http2Exchange(Destination destination, TlsClient tls, TimeProvider time)
{
    private const int LongestCause = 100;

    /// <inheritdoc cref="Http1Exchange.RunAsync"/>
    public async ValueTask<HttpOutcome> RunAsync(
        HttpRequest request,
        ClientCertificates? files,
        PhaseTimes phases,
        CancellationToken deadline
    )
    {
        Observation? failure = null;
        using HttpMessageInvoker client = new(
            Handler(async () =>
            {
                // The deadline of the probe, and not of the handler, which lets a connection go on that nobody waits for any longer.
                var (stream, why) = await ConnectAsync(request, files, phases, deadline);
                failure = why;
                return stream ?? throw new IOException("not connected");
            })
        );
        using HttpRequestMessage message = MessageOf(request);
        try
        {
            using HttpResponseMessage answer = await client.SendAsync(message, deadline);
            phases.Begin(ProbePhase.Rest);
            return HttpOutcome.Of(await ReadAsync(answer, deadline));
        }
        catch (Exception) when (failure is not null)
        {
            return HttpOutcome.Of(failure);
        }
        catch (OperationCanceledException fault)
        {
            return HttpOutcome.Of(StreamFault.Read(fault, phases, destination.Text));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return HttpOutcome.Of(Read(fault, phases));
        }
    }

    private async ValueTask<(Stream? Stream, Observation? Failure)> ConnectAsync(
        HttpRequest request,
        ClientCertificates? files,
        PhaseTimes phases,
        CancellationToken deadline
    )
    {
        Dialed dialed = await destination.DialAsync(time, phases, deadline);
        if (!dialed.IsConnected)
        {
            return (null, dialed.Failure);
        }

        Stream stream = new NetworkStream(dialed.Socket, ownsSocket: true);
        if (request.IsTls)
        {
            // The handler takes a stream that speaks TLS as it is.
            var (encrypted, failure) = await TlsClient.HandshakeAsync(
                stream,
                destination.Text,
                tls.Verdict(request.Host, time.GetUtcNow()),
                files!,
                SslApplicationProtocol.Http2,
                phases,
                deadline
            );
            if (encrypted is null)
            {
                return (null, failure);
            }

            stream = encrypted;
        }

        phases.Begin(ProbePhase.FirstByte);
        return (stream, null);
    }

    private static SocketsHttpHandler Handler(Func<ValueTask<Stream>> connect) =>
        new()
        {
            ConnectCallback = (_, _) => connect(),
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            MaxResponseHeadersLength = HttpAnswer.LargestHead / 1024,
            MaxResponseDrainSize = 0,
            UseCookies = false,
            UseProxy = false,
        };

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
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
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
        KeyValuePair<string, string>[] headers =
        [
            .. answer
                .Headers.Concat(answer.Content.Headers)
                .SelectMany(header =>
                    header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value))
                ),
        ];
        HttpAnswer head = new((int)answer.StatusCode, headers, [], IsCut: false);
        await using Stream content = await answer.Content.ReadAsStreamAsync(deadline);
        using AnswerLines lines = new(content);
        BodyBuffer body = new();
        await body.ReadAsync(lines, long.MaxValue, isToTheEnd: true, deadline);
        return body.Complete(head);
    }

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
            HttpRequestError.VersionNegotiationError => Observation.Fail($"HTTP/2 is not offered: {destination.Text}"),
            HttpRequestError.ConfigurationLimitExceeded => Observation.Fail(
                $"malformed answer, its head is larger than {HttpAnswer.LargestHead / 1024} KiB: {destination.Text}"
            ),
            HttpRequestError.HttpProtocolError or HttpRequestError.InvalidResponse => Observation.Fail(
                $"malformed answer, {Printable.Escape(fault.GetBaseException().Message, LongestCause)}: {destination.Text}"
            ),
            HttpRequestError.ResponseEnded => Observation.Fail(
                $"connection closed {phases.InPhase}: {destination.Text}"
            ),
            _ => StreamFault.Read(fault, phases, destination.Text),
        };
    }
}
