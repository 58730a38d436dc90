using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>The child process that makes very many requests at once, each on a connection of its own, and waits for all
/// answers.</summary>
internal static class StormClient
{
    public const string Verb = "storm";
    public const string AllSent = "sent";

    // Fewer than the backlog of any listener: no connection is to wait for a SYN that is sent anew.
    private const int ConnectingAtATime = 128;

    public static async Task<int> RunAsync(int port, string path, int count)
    {
        byte[] request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        Socket[] sockets = new Socket[count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = ConnectingAtATime },
            async (i, stop) =>
            {
                sockets[i] = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    LingerState = new LingerOption(enable: true, seconds: 0),
                };
                await sockets[i].ConnectAsync(IPAddress.Loopback, port, stop);
                await sockets[i].SendAsync(request, stop);
            }
        );
        Console.WriteLine(AllSent);
        bool[] answered = await Task.WhenAll(sockets.Select(IsAnsweredAsync));
        Console.WriteLine(answered.Count(isAnswered => isAnswered));
        return 0;
    }

    private static async Task<bool> IsAnsweredAsync(Socket socket)
    {
        byte[] answer = new byte[1024];
        int length = await socket.ReceiveAsync(answer);
        return answer.AsSpan(0, length).StartsWith("HTTP/1.1 200 OK\r\n"u8);
    }
}
