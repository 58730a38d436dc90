namespace Failover;

/// <summary>Asks a server of the loopback, on a connection for each question: of two that share a port, any may answer.</summary>
internal static class WebClient
{
    private static readonly HttpClient Client = new();

    /// <returns>The body of the answer, whatever its status; null where there was none.</returns>
    public static async Task<string?> GetAsync(int port, string path, CancellationToken stop)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
        request.Headers.ConnectionClose = true;
        try
        {
            using HttpResponseMessage answer = await Client.SendAsync(request, stop);
            return await answer.Content.ReadAsStringAsync(stop);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
