using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Failover;

/// <summary>Sends one request to a receiver of OTLP, over a connection of its own.</summary>
/// <remarks>Sources: OTLP specification 1.x, "OTLP/HTTP Request" and "Response"; gRPC over HTTP/2.</remarks>
/// <param name="settings">Where to, and how.</param>
/// <param name="version">The version of the program.</param>
/// <param name="time">The clock.</param>
internal sealed class OtlpClient(OtlpSettings settings, string version, TimeProvider time)
{
    private const string Protobuf = "application/x-protobuf";
    private const string GrpcPath = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
    private const string GrpcStatus = "grpc-status";

    // Before each message of gRPC: whether it is compressed, and its length.
    private const int GrpcPrefix = 5;
    private const int LongestAnswer = 64 * 1024;

    /// <summary>Sends it. Throws for nothing that the receiver, the network or a file does.</summary>
    /// <param name="request">The request.</param>
    /// <param name="deadline">The end of the time for it.</param>
    public async Task<OtlpOutcome> SendAsync(byte[] request, CancellationToken deadline)
    {
        try
        {
            using ClientCertificates files = ClientCertificates.Read(new(settings.Ca), settings.Timeout);
            using HttpMessageInvoker client = new(Outgoing.Handler(files, usesProxy: false, time, deadline));
            using HttpRequestMessage message = settings.IsGrpc ? Grpc(request) : Http(request);
            foreach ((string name, string value) in settings.Headers)
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }

            message.Headers.TryAddWithoutValidation("User-Agent", $"failover/{version}");
            using HttpResponseMessage answer = await client.SendAsync(message, deadline);
            return await ReadAsync(answer, deadline);
        }
        catch (CertificateFileException fault)
        {
            return OtlpOutcome.Failed(fault.Message);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return OtlpOutcome.Failed(fault.GetBaseException().Message);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return OtlpOutcome.Failed($"no complete answer within {Units.Text(settings.Timeout)}");
        }
    }

    private HttpRequestMessage Http(byte[] request)
    {
        UriBuilder url = new(settings.Receiver);
        if (!url.Path.EndsWith(OtlpSettings.HttpPath, StringComparison.Ordinal))
        {
            url.Path = url.Path.TrimEnd('/') + OtlpSettings.HttpPath;
        }

        return new(HttpMethod.Post, url.Uri) { Content = Content(request, Protobuf) };
    }

    private HttpRequestMessage Grpc(byte[] request)
    {
        byte[] framed = new byte[GrpcPrefix + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), request.Length);
        request.CopyTo(framed, GrpcPrefix);
        HttpRequestMessage message = new(HttpMethod.Post, new Uri(settings.Receiver, GrpcPath))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Content(framed, "application/grpc"),
        };
        message.Headers.TE.Add(new("trailers"));
        return message;
    }

    private static ByteArrayContent Content(byte[] bytes, string type)
    {
        ByteArrayContent content = new(bytes);
        content.Headers.ContentType = new(type);
        return content;
    }

    private async Task<OtlpOutcome> ReadAsync(HttpResponseMessage answer, CancellationToken deadline)
    {
        if (!answer.IsSuccessStatusCode)
        {
            return OtlpOutcome.Failed(
                string.Create(CultureInfo.InvariantCulture, $"the answer is {(int)answer.StatusCode}"),
                PauseOf(answer.Headers.RetryAfter)
            );
        }

        if (answer.Content.Headers.ContentType?.MediaType is "text/html")
        {
            return OtlpOutcome.Failed("the answer is a page: what answers is no receiver of OTLP");
        }

        byte[] body = new byte[LongestAnswer];
        await using Stream content = await answer.Content.ReadAsStreamAsync(deadline);
        int length = await content.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, deadline);
        if (length == body.Length)
        {
            return OtlpOutcome.Failed($"the answer is longer than {LongestAnswer / 1024} KiB");
        }

        if (settings.IsGrpc && ProblemOf(answer) is { } problem)
        {
            return OtlpOutcome.Failed(problem);
        }

        int prefix = settings.IsGrpc ? Math.Min(GrpcPrefix, length) : 0;
        return OtlpAnswer.Complaint(body.AsSpan(prefix, length - prefix)) is { } complaint
            ? new(OtlpResult.Partial, complaint)
            : new(OtlpResult.Ok);
    }

    // RFC 9110, 10.2.3: seconds, or a date.
    private TimeSpan? PauseOf(RetryConditionHeaderValue? asked) => asked?.Delta ?? (asked?.Date - time.GetUtcNow());

    // In the trailers, or in the head of an answer that has no body.
    private static string? ProblemOf(HttpResponseMessage answer)
    {
        string? status = Header(answer, GrpcStatus);
        string message = Uri.UnescapeDataString(Header(answer, "grpc-message") ?? "");
        return status switch
        {
            "0" => null,
            null => $"the answer has no {GrpcStatus}: what answers is no receiver of OTLP by gRPC",
            _ => $"{GrpcStatus} is {status}{(message.Length > 0 ? $": {message}" : "")}",
        };
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.TrailingHeaders.TryGetValues(name, out IEnumerable<string>? values)
        || answer.Headers.TryGetValues(name, out values)
            ? values.FirstOrDefault()
            : null;
}
