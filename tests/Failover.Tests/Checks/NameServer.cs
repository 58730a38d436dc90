using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Failover;

/// <summary>A name server on loopback, by UDP and by TCP at one port, that says what a test has it say.</summary>
internal sealed class NameServer : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly UdpClient datagrams;
    private readonly TcpListener? streams;
    private readonly List<Task> work = [];
    private int queries;

    /// <param name="byDatagram">What it sends for a query by UDP, each in a datagram; nothing: it is silent.</param>
    /// <param name="byStream">What it sends for a query by TCP, behind its length; null of it: it closes the connection; left out: nobody
    /// listens.</param>
    public NameServer(Func<byte[], IEnumerable<byte[]>> byDatagram, Func<byte[], byte[]?>? byStream = null)
    {
        (datagrams, streams) = Bind(byStream is not null);
        work.Add(AnswerDatagramsAsync(byDatagram));
        if (byStream is not null)
        {
            work.Add(AnswerStreamsAsync(byStream));
        }
    }

    public string Address => $"{datagrams.Client.LocalEndPoint}";

    /// <summary>How many queries have come by UDP.</summary>
    public int Queries => Volatile.Read(ref queries);

    /// <summary>An answer to a query: its head and question, and the records behind them (RFC 1035, 4.1).</summary>
    /// <param name="query">The query.</param>
    /// <param name="records">Records on the wire.</param>
    /// <param name="code">The response code.</param>
    /// <param name="isTruncated">Sets TC.</param>
    /// <param name="isRecursive">Sets RA.</param>
    /// <param name="isAuthoritative">Sets AA.</param>
    public static byte[] Answer(
        byte[] query,
        byte[][] records,
        int code = 0,
        bool isTruncated = false,
        bool isRecursive = true,
        bool isAuthoritative = false
    )
    {
        byte[] answer = [.. query, .. records.SelectMany(record => record)];
        answer[2] |= (byte)(0x80 | (isAuthoritative ? 4 : 0) | (isTruncated ? 2 : 0));
        answer[3] = (byte)((isRecursive ? 0x80 : 0) | code);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(6), (ushort)records.Length);
        return answer;
    }

    /// <summary>A record on the wire whose name is that of the question, unless another is given.</summary>
    public static byte[] Record(DnsRecordType type, byte[] data, string? owner = null) =>
        [
            .. owner is null ? [0xc0, 12] : DnsNames.Encode(owner),
            0,
            (byte)type,
            0,
            1,
            0,
            0,
            0,
            60,
            (byte)(data.Length >> 8),
            (byte)data.Length,
            .. data,
        ];

    public static byte[] A(string address, string? owner = null) =>
        Record(DnsRecordType.A, IPAddress.Parse(address).GetAddressBytes(), owner);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(work);
        datagrams.Dispose();
        streams?.Dispose();
        stop.Dispose();
    }

    private static (UdpClient, TcpListener?) Bind(bool withStreams)
    {
        while (true)
        {
            UdpClient udp = new(new IPEndPoint(IPAddress.Loopback, 0));
            if (!withStreams)
            {
                return (udp, null);
            }

            TcpListener tcp = new((IPEndPoint)udp.Client.LocalEndPoint!);
            try
            {
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException)
            {
                // Another program has it by TCP.
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private async Task AnswerDatagramsAsync(Func<byte[], IEnumerable<byte[]>> answer)
    {
        try
        {
            while (true)
            {
                UdpReceiveResult query = await datagrams.ReceiveAsync(stop.Token);
                Interlocked.Increment(ref queries);
                foreach (byte[] datagram in answer(query.Buffer))
                {
                    await datagrams.SendAsync(datagram, query.RemoteEndPoint, stop.Token);
                }
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task AnswerStreamsAsync(Func<byte[], byte[]?> answer)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await streams!.AcceptTcpClientAsync(stop.Token);
                NetworkStream stream = client.GetStream();
                byte[] length = new byte[2];
                await stream.ReadExactlyAsync(length, stop.Token);
                byte[] query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, stop.Token);
                if (answer(query) is { } message)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)message.Length);
                    await stream.WriteAsync((byte[])[.. length, .. message], stop.Token);
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException) { }
    }
}
