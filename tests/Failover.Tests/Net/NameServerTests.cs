using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Failover;

/// <summary>The system's own name resolution against a name server on loopback, which only a network and mounts of one's
/// own can make it use.</summary>
public sealed class NameServerTests
{
    private const int Dead = 500;
    private const int Good = 10;
    private const int EINTR = 4; // errno(3)
    private static readonly string Hosts = string.Join(
        "; ",
        Enumerable.Range(0, Good).Select(i => $"echo 127.0.0.1 host{i}.test >> $conf")
    );

    [Fact]
    public async Task Each_way_in_which_name_servers_fail_is_a_cause_of_its_own()
    {
        string unshare = SeparateProcess.NamespaceOrSkip();
        await SeparateProcess.RunAsync(Name_servers_fail, Shell("hosts: dns"), unshare);
    }

    [Fact]
    public async Task Of_the_systems_name_servers_the_first_of_the_family_is_asked()
    {
        string unshare = SeparateProcess.NamespaceOrSkip();
        await SeparateProcess.RunAsync(
            The_family_decides,
            "ip link set lo up; conf=$(mktemp); echo 'nameserver 127.0.0.2' > $conf; "
                + "echo 'nameserver ::1' >> $conf; mount --bind $conf /etc/resolv.conf; rm $conf",
            unshare
        );

        static async Task The_family_decides()
        {
            (await Ask("a.test")).ShouldBe("Fail refused: 127.0.0.2:53");
            (await Ask("a.test", IpFamily.Ipv4)).ShouldBe("Fail refused: 127.0.0.2:53");
            (await Ask("a.test", IpFamily.Ipv6)).ShouldBe("Fail refused: [::1]:53");
        }
    }

    [Fact]
    public async Task Hundreds_of_names_with_silent_servers_leave_other_names_untouched()
    {
        string unshare = SeparateProcess.NamespaceOrSkip();
        await SeparateProcess.RunAsync(
            Name_servers_are_silent_for_hundreds_of_names,
            Shell("hosts: files dns"),
            unshare
        );
    }

    private static string Shell(string services) =>
        "ip link set lo up; conf=$(mktemp); "
        + "echo 'nameserver 127.0.0.1' > $conf; echo 'options timeout:5 attempts:2' >> $conf; "
        + "mount --bind $conf /etc/resolv.conf; rm $conf; "
        + $"echo '{services}' > $conf; mount --bind $conf /etc/nsswitch.conf; rm $conf; "
        + $"{Hosts}; mount --bind $conf /etc/hosts; rm $conf";

    private static async Task Name_servers_are_silent_for_hundreds_of_names()
    {
        using UdpClient server = new(new IPEndPoint(IPAddress.Loopback, 53));
        StartAnswering(server);
        using Peer live = Peer.Accepting();
        Task<string>[] dead = [.. Enumerable.Range(0, Dead).Select(i => See($"silent{i}.test", live.Port, 8))];

        for (int round = 0; round < 3; round++)
        {
            Task<string>[] good =
            [
                .. Enumerable.Range(0, Good).Select(i => See($"found{i}.test", live.Port, 8)),
                .. Enumerable.Range(0, Good).Select(i => See($"host{i}.test", live.Port, 8)),
            ];
            (await Task.WhenAll(good)).ShouldAllBe(seen => seen.StartsWith("Ok "));
        }

        // Those that get no answer were waiting all the while.
        dead.ShouldAllBe(probe => !probe.IsCompleted);
        (await Task.WhenAll(dead)).ShouldAllBe(seen => seen.StartsWith("Fail name resolution timed out: silent"));
        Resolver.System.Threads.ShouldBeInRange(Dead, Dead + (2 * Good));
    }

    private static async Task Name_servers_fail()
    {
        using UdpClient server = new(new IPEndPoint(IPAddress.Loopback, 53));
        StartAnswering(server);
        using Peer live = Peer.Accepting();

        (await See("found.test", live.Port)).ShouldStartWith($"Ok connected to {live.EndPoint} in ");
        (await See("unknown.test", live.Port)).ShouldBe("Fail no such host: unknown.test");
        (await See("broken.test", live.Port)).ShouldBe("Fail name resolution failed: broken.test");
        (await Ask("found.test")).ShouldStartWith("Ok 127.0.0.1 in ");
        (await Ask("found.test", IpFamily.Ipv6)).ShouldBe(
            "Error no IPv6 name server is configured: the system's name server"
        );
        (await Ask("unknown.test")).ShouldBe("Fail NXDOMAIN: A unknown.test at the system's name server");

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

    private static async Task<string> Ask(string name, IpFamily family = IpFamily.Any)
    {
        Observation seen = await new DnsCheck(name, family: family).ProbeAsync(
            TimeProvider.System,
            CancellationToken.None
        );
        return $"{seen.State} {seen.Reason}";
    }

    // RFC 1035, 4.1: a head of 12 octets, then the question: the name, its type and its class.
    private static void StartAnswering(UdpClient server) =>
        // A thread of its own: the queue of a socket holds few hundred questions.
        new Thread(() => Answer(server)) { IsBackground = true }.Start();

    private static void Answer(UdpClient server)
    {
        while (true)
        {
            IPEndPoint client = new(IPAddress.Any, 0);
            byte[] asked;
            try
            {
                asked = server.Receive(ref client);
            }
            catch (SocketException interrupted) when (interrupted.NativeErrorCode == EINTR)
            {
                // A signal of the runtime's, as the process suspends its threads.
                continue;
            }
            catch (ObjectDisposedException)
            {
                // The test is over.
                return;
            }

            if (asked.Length == 0)
            {
                // A socket that is closed while it is read gives nothing; no resolver asks nothing.
                return;
            }

            int endOfName = Array.IndexOf(asked, (byte)0, 12);
            string name = Encoding.ASCII.GetString(asked, 13, asked[12]);
            bool isForIPv4 = asked[endOfName + 2] == 1;
            const int NoError = 0;
            const int ServerFailure = 2;
            const int NameError = 3;
            int code =
                name.StartsWith("found", StringComparison.Ordinal) ? NoError
                : name is "broken" ? ServerFailure
                : NameError;
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
            server.Send(reply, client);
        }
    }
}
