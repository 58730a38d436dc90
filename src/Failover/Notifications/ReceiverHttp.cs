using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Failover;

/// <summary>Requests of receivers, each over a connection of its own. Of an answer, no more is read than is shown.</summary>
internal static class ReceiverHttp
{
    private const int LongestAnswer = 4096;

    /// <summary>Sends a request, and reads the beginning of its answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ca">A file with the root certificates that are trusted, in PEM; null: those of the system.</param>
    /// <param name="timeout">How long all of it may take.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async ValueTask<SendResult> SendAsync(
        HttpRequestMessage request,
        string? ca,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        request.Headers.UserAgent.Add(new("failover", null));
        using ClientCertificates files = ClientCertificates.Read(new(ca), timeout);
        using HttpMessageInvoker client = new(
            Outgoing.Handler(files, usesProxy: true, TimeProvider.System, deadline.Token)
        );
        using HttpResponseMessage response = await client.SendAsync(request, deadline.Token);
        string body = await ReadAsync(response, deadline.Token);
        return Judge(response, body);
    }

    private static SendResult Judge(HttpResponseMessage response, string body)
    {
        int status = (int)response.StatusCode;
        string said = string.Create(
            CultureInfo.InvariantCulture,
            $"status {status}{(body.Length > 0 ? $": {Printable.Escape(body, Printable.LongestExcerpt * 2)}" : "")}"
        );
        return response.StatusCode switch
        {
            _ when response.IsSuccessStatusCode => SendResult.Taken with { Answer = said },
            >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest => new(
                $"status {status.ToString(CultureInfo.InvariantCulture)}: redirects are not followed"
            ),
            // What is wrong with one message is wrong with no other. All else is of the receiver, or of what each request says.
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity =>
                new(said, IsOfMessage: true),
            _ => new(said, RetryAfter: RetryAfter(response.Headers.RetryAfter)),
        };
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - TimeProvider.System.GetUtcNow() : null);

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] read = new byte[LongestAnswer];
        int length = 0;
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
            length = await body.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException or OperationCanceledException)
        {
            // The status has been read: what it says holds.
        }

        return Encoding.UTF8.GetString(read, 0, length).Trim();
    }
}
