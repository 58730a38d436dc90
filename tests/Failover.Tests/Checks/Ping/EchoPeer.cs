using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>Answers echo requests to 127.0.0.1 as a test says, in a network where the system itself does not.</summary>
internal sealed class EchoPeer : IDisposable
{
    private const int HeaderLength = 20;

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
    private readonly Action<EchoPeer, byte[]> answer;

    /// <param name="answer">Takes each request, and sends what it likes.</param>
    public EchoPeer(Action<EchoPeer, byte[]> answer)
    {
        this.answer = answer;
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        new Thread(Run) { IsBackground = true }.Start();
    }

    /// <summary>The number of a request.</summary>
    public static int SequenceOf(byte[] request) => BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(6));

    /// <summary>Sends the reply to a request, or something that is none.</summary>
    public void Reply(byte[] request, Action<byte[]>? change = null)
    {
        byte[] reply = [.. request];
        reply[0] = 0;
        change?.Invoke(reply);
        reply[2] = reply[3] = 0;
        uint sum = 0;
        for (int i = 0; i < reply.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(i));
        }

        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(2), (ushort)~((sum & 0xffff) + (sum >> 16)));
        socket.SendTo(reply, new IPEndPoint(IPAddress.Loopback, 0));
    }

    public void Dispose() => socket.Dispose();

    private void Run()
    {
        byte[] received = new byte[2048];
        try
        {
            while (true)
            {
                int length = socket.Receive(received);
                if (received[HeaderLength] == 8)
                {
                    answer(this, received[HeaderLength..length]);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is over.
        }
    }
}
