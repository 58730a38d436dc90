using System.Net;
using System.Text;

namespace Failover;

/// <summary>The POST that an operator sends.</summary>
internal sealed class Reset(EndPoint server, string path)
{
    public Reset(int port, string path)
        : this(new IPEndPoint(IPAddress.Loopback, port), path) { }

    /// <summary>The status and the text that it is answered with.</summary>
    public async Task<string> PostAsync(string user, string password)
    {
        string credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        RawAnswer answer = await RawConnection.AskAsync(
            server,
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {credentials}\r\nContent-Length: 0\r\n\r\n"
        );
        return $"{answer.Status} {answer.Body}";
    }
}
