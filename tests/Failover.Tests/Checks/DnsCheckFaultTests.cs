using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Datagrams that the system tells of and then drops: only a raw socket can send them.</summary>
public sealed class DnsCheckFaultTests
{
    [Fact]
    public async Task Datagrams_with_a_wrong_checksum_do_not_hold_a_probe_up_at_its_deadline() =>
        await SeparateProcess.RunAsync(
            A_server_sends_nothing_else,
            "ip link set lo up",
            SeparateProcess.NamespaceOrSkip()
        );

    private static async Task A_server_sends_nothing_else()
    {
        using UdpClient server = new(new IPEndPoint(IPAddress.Loopback, 0));
        IPEndPoint address = (IPEndPoint)server.Client.LocalEndPoint!;
        using Socket raw = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp);
        using CancellationTokenSource over = new();
        Task flood = Task.Factory.StartNew(
            () => Flood(server, raw, address.Port, over.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        DnsCheck check = new("www.example.net", server: $"{address}", timeout: Second(0.02));

        // Real time: of this many deadlines, some come when such a datagram has just arrived.
        for (int i = 0; i < 30; i++)
        {
            Observation seen = await Task.Run(() => check.ProbeAsync(TimeProvider.System, default).AsTask())
                .WaitAsync(Second(20));
            (seen.State, seen.IsTimeout).ShouldBe((Fail, true), seen.Reason);
        }

        await over.CancelAsync();
        await flood;
    }

    // To whoever asked last.
    private static void Flood(UdpClient server, Socket raw, int port, CancellationToken over)
    {
        // Long enough for its checksum to be verified when it is received, not before (CHECKSUM_BREAK of Linux: 76).
        byte[] datagram = new byte[200];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), 1);
        IPEndPoint client = new(IPAddress.Loopback, 0);
        server.Receive(ref client);
        while (!over.IsCancellationRequested)
        {
            if (server.Available > 0)
            {
                server.Receive(ref client);
            }

            BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)client.Port);
            try
            {
                raw.SendTo(datagram, client);
            }
            catch (SocketException)
            {
                // The one before it found nobody.
            }
        }
    }
}
