using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>The answers to polls as bytes, made once but for their date: the same bytes as the web server sends.</summary>
/// <param name="time">The clock of the date. One thread at a time asks.</param>
internal sealed class PollAnswers(TimeProvider time)
{
    /// <summary>More bytes than any of them has.</summary>
    public const int Longest = 512;

    private const int DateLength = 29; // Fri, 27 Nov 2026 09:28:40 GMT: IMF-fixdate (RFC 9110, 5.6.7)

    private static readonly Prepared[] All = Prepare();

    private readonly byte[] date = new byte[DateLength];
    private long dateSecond = -1;

    /// <summary>What the clock said at the last call of <see cref="Tell"/>, in ticks of UTC.</summary>
    public long Now { get; private set; }

    /// <summary>Reads the clock: answers have this date until the next call.</summary>
    public void Tell()
    {
        DateTimeOffset now = time.GetUtcNow();
        Now = now.Ticks;
        long second = Now / TimeSpan.TicksPerSecond;
        if (second != dateSecond)
        {
            dateSecond = second;
            now.TryFormat(date, out _, "r", CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Writes an answer.</summary>
    /// <param name="state">What is served.</param>
    /// <param name="method">What was asked for.</param>
    /// <param name="mayBePosted">Whether the component can be POSTed, which OPTIONS tells.</param>
    /// <param name="end">What happens to the connection.</param>
    /// <param name="output">Takes it; of <see cref="Longest"/> bytes or more.</param>
    /// <returns>How many bytes it has.</returns>
    public int Write(HealthState state, PollMethod method, bool mayBePosted, PollEnd end, Span<byte> output)
    {
        Prepared answer = All[Index(state, method, mayBePosted, end)];
        answer.Bytes.CopyTo(output);
        date.CopyTo(output[answer.DateAt..]);
        return answer.Bytes.Length;
    }

    private static int Index(HealthState state, PollMethod method, bool mayBePosted, PollEnd end) =>
        ((((int)state * 3) + (int)method) * 2 + (mayBePosted ? 1 : 0)) * 3 + (int)end;

    private static Prepared[] Prepare()
    {
        Prepared[] all = new Prepared[3 * 3 * 2 * 3];
        foreach (HealthState state in Enum.GetValues<HealthState>())
        {
            foreach (PollMethod method in Enum.GetValues<PollMethod>())
            {
                foreach (bool mayBePosted in (bool[])[false, true])
                {
                    foreach (PollEnd end in Enum.GetValues<PollEnd>())
                    {
                        all[Index(state, method, mayBePosted, end)] = Prepare(state, method, mayBePosted, end);
                    }
                }
            }
        }

        return all;
    }

    private static Prepared Prepare(HealthState state, PollMethod method, bool mayBePosted, PollEnd end)
    {
        Answer answer = Answer.Of(state);
        string body = method == PollMethod.Options ? "" : answer.Text;
        string connection = end switch
        {
            PollEnd.Open => "",
            PollEnd.KeptAlive => "Connection: keep-alive\r\n",
            PollEnd.Closed => "Connection: close\r\n",
            _ => throw new ArgumentOutOfRangeException(nameof(end), end, "no such end"),
        };
        string head =
            $"HTTP/1.1 {answer.StatusLine}\r\nContent-Length: {body.Length}\r\n{connection}Content-Type: {Answer.ContentType}\r\nDate: ";
        string allow = method == PollMethod.Options ? $"Allow: {HealthEndpoint.Allowed(mayBePosted)}\r\n" : "";
        string rest =
            $"\r\n{allow}Cache-Control: {Answer.CacheControl}\r\nX-Content-Type-Options: {Answer.ContentTypeOptions}\r\n"
            + $"Content-Security-Policy: {Answer.ContentSecurityPolicy}\r\n\r\n";
        string sent = method == PollMethod.Get ? body : "";
        return new(Encoding.ASCII.GetBytes(head + new string(' ', DateLength) + rest + sent), head.Length);
    }

    private readonly record struct Prepared(byte[] Bytes, int DateAt);
}
