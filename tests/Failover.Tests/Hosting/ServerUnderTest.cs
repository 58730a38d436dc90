namespace Failover;

/// <summary>A server on a free port of the loopback, silent, gone with the test.</summary>
internal static class ServerUnderTest
{
    public static async Task<HealthCheckServer> StartAsync(Action<HealthCheckServer> add)
    {
        HealthCheckServer server = new(port: 0, host: "127.0.0.1") { Output = TextWriter.Null };
        add(server);
        await server.StartAsync();
        return server;
    }

    public static Task<HealthCheckServer> StartAsync(string name, HealthTask task) =>
        StartAsync(server => server.AddComponent(name, task));
}
