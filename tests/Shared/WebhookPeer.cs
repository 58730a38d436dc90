using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace Failover;

/// <summary>A web server that notes each request and answers it with one status.</summary>
internal sealed partial class WebhookPeer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Channel<string> requests = Channel.CreateUnbounded<string>();
    private readonly Task serving;

    public WebhookPeer()
    {
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>What is answered from now on; 0: nothing at all.</summary>
    public volatile int Status = 200;

    /// <summary>The body of the answer.</summary>
    public string Says { get; set; } = "";

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Url => FormattableString.Invariant($"http://127.0.0.1:{Port}/hook-of-the-team");

    /// <summary>The next request that nobody has taken: its head and its body.</summary>
    public async Task<string> TakeAsync() =>
        await requests.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Second(30));

    /// <summary>Whether there is one.</summary>
    public bool HasMore => requests.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(AnswerAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await AnswerAsync(client.GetStream());
            }
            catch (Exception over) when (over is OperationCanceledException or IOException)
            {
                // Whoever asked has gone, or the test is over.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        StringBuilder text = new();
        byte[] piece = new byte[4096];
        while (!IsWhole(text.ToString()))
        {
            int read = await stream.ReadAsync(piece, stop.Token);
            if (read == 0)
            {
                return;
            }

            text.Append(Encoding.UTF8.GetString(piece, 0, read));
        }

        requests.Writer.TryWrite(text.ToString());
        if (Status == 0)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token);
        }

        string answer = FormattableString.Invariant(
            $"HTTP/1.1 {Status} x\r\nContent-Length: {Encoding.UTF8.GetByteCount(Says)}\r\nConnection: close\r\n\r\n{Says}"
        );
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), stop.Token);
    }

    private static bool IsWhole(string text) =>
        text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is > 0 and var end
        && Encoding.UTF8.GetByteCount(text.AsSpan(end + 4)) >= LengthIn(text[..end]);

    private static int LengthIn(string head) =>
        Length().Match(head) is { Success: true } found
            ? int.Parse(found.Groups["length"].Value, CultureInfo.InvariantCulture)
            : 0;

    [GeneratedRegex(
        @"\r\ncontent-length: *(?<length>\d+)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Length();
}
