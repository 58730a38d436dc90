using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>The system's own name resolution against a name server on loopback, which only a network and mounts of one's
/// own can make it use.</summary>
public sealed class NameServerTests
{
    [Fact]
    public async Task Each_way_in_which_name_servers_fail_is_a_cause_of_its_own()
    {
        string unshare = Alone.NamespaceOrSkip();
        await Alone.RunAsync(
            Name_servers_fail,
            "ip link set lo up; conf=$(mktemp); "
                + "echo 'nameserver 127.0.0.1' > $conf; mount --bind $conf /etc/resolv.conf; rm $conf; "
                + "echo 'hosts: dns' > $conf; mount --bind $conf /etc/nsswitch.conf; rm $conf",
            unshare
        );
    }

    private static async Task Name_servers_fail()
    {
        using UdpClient server = new(new IPEndPoint(IPAddress.Loopback, 53));
        _ = AnswerAsync(server);
        using Peer live = Peer.Accepting();

        (await See("found.test", live.Port)).ShouldStartWith($"Ok connected to {live.EndPoint} in ");
        (await See("unknown.test", live.Port)).ShouldBe("Fail no such host: unknown.test");
        (await See("broken.test", live.Port)).ShouldBe("Fail name resolution failed: broken.test");

        long started = TimeProvider.System.GetTimestamp();
        Task<string>[] silent = [.. Enumerable.Range(0, 50).Select(i => See($"silent{i % 10}.test", live.Port, 0.5))];
        // Those that get no answer do not hold up those that do.
        (await See("found.test", live.Port)).ShouldStartWith("Ok ");
        (await Task.WhenAll(silent)).ShouldAllBe(seen => seen.StartsWith("Fail name resolution timed out: silent"));
        TimeProvider.System.GetElapsedTime(started).ShouldBeInRange(Second(0.49), Second(4));
        Resolver.System.Threads.ShouldBeInRange(10, 12);
    }

    private static async Task<string> See(string host, int port, double timeout = 30)
    {
        TcpCheck check = new(host, port, Second(timeout));
        Observation seen = await check.ProbeAsync(TimeProvider.System, CancellationToken.None);
        return $"{seen.State} {seen.Reason}";
    }

    // RFC 1035, 4.1: a head of 12 octets, then the question: the name, its type and its class.
    private static async Task AnswerAsync(UdpClient server)
    {
        while (true)
        {
            UdpReceiveResult question = await server.ReceiveAsync(CancellationToken.None);
            byte[] asked = question.Buffer;
            int endOfName = Array.IndexOf(asked, (byte)0, 12);
            string name = Encoding.ASCII.GetString(asked, 13, asked[12]);
            bool isForIPv4 = asked[endOfName + 2] == 1;
            const int NoError = 0;
            const int ServerFailure = 2;
            const int NameError = 3;
            int code = name switch
            {
                "found" => NoError,
                "broken" => ServerFailure,
                _ => NameError,
            };
            if (name.StartsWith("silent", StringComparison.Ordinal))
            {
                continue;
            }

            bool hasAnswer = code == NoError && isForIPv4;
            byte[] head =
            [
                asked[0],
                asked[1],
                0x81,
                (byte)(0x80 | code),
                0,
                1,
                0,
                (byte)(hasAnswer ? 1 : 0),
                0,
                0,
                0,
                0,
            ];
            // The question's name, A, IN, 60 s, 4 octets.
            byte[] answer = hasAnswer ? [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1] : [];
            byte[] reply = [.. head, .. asked[12..(endOfName + 5)], .. answer];
            await server.SendAsync(reply, question.RemoteEndPoint, CancellationToken.None);
        }
    }
}
