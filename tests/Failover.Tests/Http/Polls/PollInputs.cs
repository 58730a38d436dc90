using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>What pollers and others send: requests that are right, nearly right and wrong, one after the other.</summary>
/// <param name="seed">The same one gives the same inputs.</param>
internal sealed class PollInputs(int seed)
{
    private static readonly string[] Methods =
    [
        "GET",
        "HEAD",
        "OPTIONS",
        "POST",
        "get",
        "PUT",
        "GETT",
        "DELETE",
        "TRACE",
    ];

    private static readonly string[] Targets =
    [
        "/ok",
        "/fail",
        "/error",
        "/posted",
        "/asked",
        "/none",
        "/",
        "/ok?x=1",
        "/ok?",
        "/ok?a=%00&b=?/",
        "/o%6b",
        "/ok/",
        "//ok",
        "/OK",
        "/./ok",
        "/x/../ok",
        "/ok#x",
        "/%00",
        "/ok%",
        "http://a/ok",
        "*",
        "ok",
        "/-/healthy",
        "/-/ready",
        "/-/ready?x",
        "/-/wait/ok",
        "/-/wait/ok?since=none",
        "/-/wait/none",
        "/ok;v=1",
        "/a b",
        "/\u00e4",
    ];

    private static readonly string[] Headers =
    [
        "Accept: */*",
        "Accept: application/json",
        "Accept: application/health+json, */*",
        "Accept: */*, application/json;q=0.1",
        "Accept: image/jpeg",
        "accept: APPLICATION/JSON",
        "User-Agent: curl/8.5.0",
        "User-Agent:",
        "User-Agent: kube-probe/1.31",
        "Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "Accept-Encoding: gzip, compressed",
        "Connection: close",
        "Connection: keep-alive",
        "Connection: Keep-Alive",
        "Connection: close, x",
        "Connection:",
        "Connection: Upgrade",
        "Keep-Alive: timeout=5",
        "Content-Length: 0",
        "Content-Length: 3",
        "Content-Length: +0",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: identity",
        "Expect: 100-continue",
        "Upgrade: h2c",
        "TE: trailers",
        "Trailer: X",
        "Host: b",
        "Host: a:80",
        "Host:a",
        "X:",
        "X: \u00fc",
        "X: \u0000",
        "X: a\tb",
        " folded",
        "X : 1",
        ": 1",
        "X",
        "X-Forwarded-For: 192.0.2.1",
        "Cookie: a=b",
        "Authorization: Basic YTpi",
        "Origin: http://evil.example",
        "Range: bytes=0-1",
        "If-None-Match: *",
    ];

    private static readonly string[] Hosts =
    [
        "a",
        "",
        "a:80",
        "a:",
        "[::1]",
        "[::1]:80",
        "a b",
        "a_b",
        "192.0.2.1:8080",
        "ä",
    ];

    private readonly Random random = new(seed);

    /// <summary>The next one: one request, or several in a pipeline.</summary>
    public byte[] Next()
    {
        StringBuilder text = new();
        int requests = random.Next(4) == 0 ? random.Next(2, 5) : 1;
        for (int i = 0; i < requests; i++)
        {
            AppendRequest(text);
        }

        byte[] bytes = Encoding.Latin1.GetBytes(text.ToString());
        return random.Next(3) == 0 ? Mutate(bytes) : bytes;
    }

    private void AppendRequest(StringBuilder text)
    {
        // Most are as they should be: what is behind them is reached, too.
        string method = Mostly("GET", Methods);
        string version = Mostly("HTTP/1.1", ["HTTP/1.0", "HTTP/1.1", "HTTP/1.2", "HTTP/2.0", "http/1.1", ""]);
        text.Append(CultureInfo.InvariantCulture, $"{method} {Mostly("/ok", Targets)} {version}\r\n");
        if (random.Next(10) != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Host: {Mostly("a", Hosts)}\r\n");
        }

        for (int i = random.Next(4); i > 0; i--)
        {
            text.Append(Headers[random.Next(Headers.Length)]).Append("\r\n");
        }

        text.Append("\r\n");
    }

    private byte[] Mutate(byte[] bytes)
    {
        List<byte> changed = [.. bytes];
        for (int i = random.Next(1, 4); i > 0 && changed.Count > 0; i--)
        {
            int at = random.Next(changed.Count);
            switch (random.Next(5))
            {
                case 0:
                    changed[at] = (byte)random.Next(256);
                    break;
                case 1:
                    changed.RemoveAt(at);
                    break;
                case 2:
                    changed.Insert(at, (byte)"\r\n \t:/%\0aA9"[random.Next(11)]);
                    break;
                case 3:
                    changed.RemoveRange(at, changed.Count - at);
                    break;
                default:
                    changed.InsertRange(at, changed.GetRange(at, Math.Min(random.Next(1, 20), changed.Count - at)));
                    break;
            }
        }

        return [.. changed];
    }

    private string Mostly(string usual, string[] others) =>
        random.Next(3) != 0 ? usual : others[random.Next(others.Length)];
}
