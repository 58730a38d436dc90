using System.Net;
using System.Net.Sockets;
using System.Text;
using static Failover.ListenerUnderTest;

namespace Failover;

/// <summary>What a connection costs whose request waits for an answer. In a process of its own, whose memory is nobody else's.</summary>
public sealed class ConnectionMemoryTests
{
    private const int Clients = 100;
    private const long MostForEach = 128 * 1024;

    [Fact]
    public Task A_pipeline_behind_a_slow_check_is_not_read() => SeparateProcess.RunAsync(Pipelines_stay_where_they_are);

    private static async Task Pipelines_stay_where_they_are()
    {
        TaskCompletionSource gate = new();
        int waiting = 0;
        await using Listener listener = await StartAsync(
            FreePort,
            async http =>
            {
                Interlocked.Increment(ref waiting);
                await gate.Task;
                await Says("up")(http);
            },
            new ConnectionBudget(1000)
        );
        byte[] requests = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 1000))
        );
        List<Socket> clients = [];
        for (int i = 0; i < Clients; i++)
        {
            Socket client = new(SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, listener.Address.Port));
            client.Blocking = false;
            client.Send(requests);
            clients.Add(client);
        }

        SpinWait.SpinUntil(() => waiting == Clients, Second(30)).ShouldBeTrue();
        long before = WorkingSet();
        // Until none of them has been able to send anything for a while.
        while (clients.ConvertAll(client => Send(client, requests)).Contains(true)) { }

        ((WorkingSet() - before) / Clients).ShouldBeLessThan(MostForEach);
        waiting.ShouldBe(Clients);
        clients.ForEach(client => client.Dispose());
        gate.SetResult();
    }

    private static bool Send(Socket client, byte[] requests)
    {
        bool hasSent = false;
        while (client.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectWrite))
        {
            client.Send(requests, SocketFlags.None, out SocketError error);
            hasSent |= error == SocketError.Success;
        }

        return hasSent;
    }

    private static long WorkingSet()
    {
        GC.Collect();
        return Environment.WorkingSet;
    }
}
