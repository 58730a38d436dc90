using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Failover;

/// <summary>A script with 1,024 descriptors, and clients that take all the connections that it may hold.</summary>
public sealed class ConnectionFloodTests
{
    private const int Idle = 900;
    private const string Request = "GET /mail HTTP/1.1\r\nHost: localhost\r\n\r\n";

    [Theory]
    [InlineData("")]
    [InlineData(Request)]
    public async Task With_900_idle_connections_every_poll_is_answered(string sent)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        using Process script = SeparateProcess.Start(A_script, "ulimit -n 1024");
        List<RawConnection> idle = [];
        try
        {
            string listens = (await script.StandardOutput.ReadLineAsync(stop))!;
            int port = int.Parse(listens[(listens.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
            IPEndPoint server = new(IPAddress.Loopback, port);
            for (int i = 0; i < Idle; i++)
            {
                idle.Add(await RawConnection.OpenAsync(server));
                await idle[^1].SendAsync(sent);
            }

            for (int i = 0; i < 20; i++)
            {
                using RawConnection poller = await RawConnection.OpenAsync(server, IPAddress.Parse("127.0.0.2"));
                await poller.SendAsync(Request);
                (await poller.ReadAnswerAsync()).Body.ShouldBe("OK");
            }
        }
        finally
        {
            script.Kill();
            idle.ForEach(connection => connection.Dispose());
        }
    }

    private static Task A_script()
    {
        HealthCheckServer server = new(port: 0, host: "127.0.0.1");
        server.AddComponent("mail", new Background(new ScriptedCheck(), Hour(1), initialState: Ok));
        server.RunForever();
        return Task.CompletedTask;
    }
}
