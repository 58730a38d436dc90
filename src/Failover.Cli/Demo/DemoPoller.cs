namespace Failover;

/// <summary>Plays the load balancer: polls each component again and again. Examples that are evaluated on demand count what it sees.</summary>
internal static class DemoPoller
{
    private static readonly string[] Components = ["example-1", "example-2", "example-3", "example-4", "mail-u5"];

    /// <summary>Polls until it is stopped. Answers are in the log where they change.</summary>
    /// <param name="port">Where.</param>
    /// <param name="interval">How often.</param>
    /// <param name="stop">Stops it.</param>
    public static async Task RunAsync(int port, TimeSpan interval, CancellationToken stop)
    {
        using SocketsHttpHandler handler = new() { UseProxy = false };
        using HttpClient client = new(handler)
        {
            BaseAddress = new Uri(FormattableString.Invariant($"http://127.0.0.1:{port}/")),
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("failover-demo");
        using PeriodicTimer turns = new(interval, TimeProvider.System);
        try
        {
            do
            {
                foreach (string component in Components)
                {
                    await PollAsync(client, component, stop);
                }
            } while (await turns.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The demo ends.
        }
    }

    private static async Task PollAsync(HttpClient client, string component, CancellationToken stop)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(
                new Uri(component, UriKind.Relative),
                HttpCompletionOption.ResponseContentRead,
                stop
            );
        }
        catch (HttpRequestException)
        {
            // As a poller's connection may be cut at any time. The next poll opens another.
        }
    }
}
