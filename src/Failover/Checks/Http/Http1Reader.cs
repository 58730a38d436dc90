using System.Globalization;
using System.Net;

namespace Failover;

/// <summary>Reads one answer of HTTP/1.1 (RFC 9112), within bounds.</summary>
/// <param name="lines">The connection.</param>
/// <param name="isHead">Whether the request was HEAD, whose answer has no body.</param>
internal sealed class Http1Reader(AnswerLines lines, bool isHead)
{
    /// <summary>Reads the final answer; interim ones are left out.</summary>
    /// <param name="deadline">The end of the time for it.</param>
    /// <exception cref="MalformedAnswerException">It is no answer of HTTP/1, or larger than is read.</exception>
    /// <exception cref="EndOfStreamException">The connection ended before the answer did.</exception>
    public async ValueTask<HttpAnswer> ReadAsync(CancellationToken deadline)
    {
        while (true)
        {
            string first = await ReadLineAsync(deadline);
            int status = StatusOf(first);
            List<KeyValuePair<string, string>> headers = await ReadHeadersAsync(deadline);
            // 101 is final here: nothing asks for another protocol (RFC 9110, 15.2.2).
            if (status is >= 200 or 101)
            {
                HttpAnswer answer = new(status, headers, [], IsCut: false)
                {
                    Version = first[7] == '0' ? HttpVersion.Version10 : HttpVersion.Version11,
                };
                return isHead || status is 101 or 204 or 304 ? answer : await ReadBodyAsync(answer, deadline);
            }
        }
    }

    private static int StatusOf(string line)
    {
        // "HTTP/1.1 200 OK"; the reason may be missing, and so may the space before it.
        bool isStatusLine =
            line.Length >= 12
            && line.StartsWith("HTTP/1.", StringComparison.Ordinal)
            && char.IsAsciiDigit(line[7])
            && line[8] == ' '
            && (line.Length == 12 || line[12] == ' ');
        return
            isStatusLine
            && int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            && status is >= StatusRange.Lowest and <= StatusRange.Highest
            ? status
            : throw new MalformedAnswerException($"{Printable.Excerpt(line)} is no status line of HTTP/1");
    }

    // Headers, and the trailers of chunks, end with an empty line, not with the connection (RFC 9112, 2.1 and 8).
    private async ValueTask<string> ReadLineAsync(CancellationToken deadline) =>
        await lines.ReadLineAsync(deadline) ?? throw new EndOfStreamException();

    private async ValueTask<List<KeyValuePair<string, string>>> ReadHeadersAsync(CancellationToken deadline)
    {
        List<KeyValuePair<string, string>> headers = [];
        while (await ReadLineAsync(deadline) is { Length: > 0 } line)
        {
            int colon = line.IndexOf(':');
            if (colon <= 0 || !HttpTexts.IsHeaderName(line.AsSpan(0, colon)))
            {
                throw new MalformedAnswerException($"{Printable.Excerpt(line)} is no header");
            }

            headers.Add(new(line[..colon], new(line.AsSpan(colon + 1).Trim(" \t"))));
        }

        return headers;
    }

    // RFC 9112, 6.3.
    private async ValueTask<HttpAnswer> ReadBodyAsync(HttpAnswer answer, CancellationToken deadline)
    {
        if (answer["Transfer-Encoding"] is { } encoding)
        {
            return encoding.Equals("chunked", StringComparison.OrdinalIgnoreCase)
                ? await ReadChunksAsync(answer, deadline)
                : throw new MalformedAnswerException(
                    $"its transfer encoding is {Printable.Excerpt(encoding)}, not chunked"
                );
        }

        if (answer["Content-Length"] is not { } given)
        {
            BodyBuffer untilEnd = new();
            await untilEnd.ReadAsync(lines, long.MaxValue, isToTheEnd: true, deadline);
            return untilEnd.Complete(answer);
        }

        if (!IsLength(given, out long expected))
        {
            throw new MalformedAnswerException($"its content length is {Printable.Excerpt(given)}");
        }

        BodyBuffer body = new();
        await body.ReadAsync(lines, expected, isToTheEnd: false, deadline);
        return body.Complete(answer);
    }

    private static bool IsLength(string given, out long length)
    {
        // Several equal ones count as one.
        string[] all = given.Contains(',', StringComparison.Ordinal)
            ? [.. given.Split(',').Select(one => one.Trim()).Distinct(StringComparer.Ordinal)]
            : [given.Trim()];
        length = 0;
        return all.Length == 1 && long.TryParse(all[0], NumberStyles.None, CultureInfo.InvariantCulture, out length);
    }

    // RFC 9112, 7.1.
    private async ValueTask<HttpAnswer> ReadChunksAsync(HttpAnswer answer, CancellationToken deadline)
    {
        BodyBuffer body = new();
        while (true)
        {
            lines.ForgetLines();
            string line = await ReadLineAsync(deadline);
            string size = line.Split(';')[0].Trim();
            if (
                !long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long length)
                || length < 0
            )
            {
                throw new MalformedAnswerException($"{Printable.Excerpt(line)} is no size of a chunk");
            }

            // Trailers say nothing that is asked, but belong to the answer.
            if (length == 0)
            {
                _ = await ReadHeadersAsync(deadline);
                return body.Complete(answer);
            }

            await body.ReadAsync(lines, length, isToTheEnd: false, deadline);
            if (body.IsCut)
            {
                return body.Complete(answer);
            }

            if (await ReadLineAsync(deadline) is not { Length: 0 })
            {
                throw new MalformedAnswerException("a chunk is longer than its size");
            }
        }
    }
}
