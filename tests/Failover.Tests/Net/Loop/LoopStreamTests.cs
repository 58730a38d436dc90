using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;

namespace Failover;

/// <summary>A stream over a connection of an event loop, against sockets of the runtime.</summary>
[SupportedOSPlatform("linux")]
public sealed class LoopStreamTests : IDisposable
{
    private static readonly Lazy<EventLoop> Shared = new(() =>
        new EventLoop(new Epoll(), BootTime.Instance, number: 101)
    );

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public LoopStreamTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "event loops are for Linux");
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
    }

    private static EventLoop Loop => Shared.Value;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TcpPath Path => new((IPEndPoint)listener.LocalEndPoint!, null);

    public void Dispose() => listener.Dispose();

    [Fact]
    public async Task Whoever_waits_goes_on_on_the_loop()
    {
        List<bool> wereCurrent = [];
        Task<string> client = OnLoopAsync(async stream =>
        {
            byte[] buffer = new byte[10];
            (await stream.ConnectAsync(Second(20))).Ending.ShouldBe(TcpEnding.Connected);
            wereCurrent.Add(Loop.IsCurrent);
            await stream.WriteAsync("ping"u8.ToArray(), Cancel);
            wereCurrent.Add(Loop.IsCurrent);
            int count = await stream.ReadAsync(buffer, Cancel);
            wereCurrent.Add(Loop.IsCurrent);
            (await stream.ReadAsync(buffer.AsMemory(count), Cancel)).ShouldBe(0);
            (await stream.ReadAsync(buffer.AsMemory(count), Cancel)).ShouldBe(0);
            return Encoding.ASCII.GetString(buffer, 0, count);
        });

        using (Socket server = await listener.AcceptAsync(Cancel))
        {
            (await ReceiveAsync(server, 4)).ShouldBe("ping"u8.ToArray());
            await server.SendAsync("pong"u8.ToArray(), Cancel);
            server.Shutdown(SocketShutdown.Send);
            (await client).ShouldBe("pong");
            (await server.ReceiveAsync(new byte[1], Cancel)).ShouldBe(0, "it is closed");
        }

        wereCurrent.ShouldBe([true, true, true]);
    }

    [Fact]
    public async Task What_the_system_does_not_take_at_once_is_sent_later()
    {
        byte[] sent = new byte[20_000_000];
        new Random(1).NextBytes(sent);
        Task<bool> client = OnLoopAsync(async stream =>
        {
            await stream.ConnectAsync(Second(20));
            ValueTask writing = stream.WriteAsync(sent, Cancel);
            bool isImmediate = writing.IsCompleted;
            await writing;
            return isImmediate;
        });

        using Socket server = await listener.AcceptAsync(Cancel);

        (await ReceiveAsync(server, sent.Length)).ShouldBe(sent);
        (await client).ShouldBeFalse();
    }

    [Fact]
    public async Task A_target_that_sends_without_an_end_leaves_others_their_turns()
    {
        int received = 0;
        Task<int> client = OnLoopAsync(async stream =>
        {
            await stream.ConnectAsync(Second(20));
            await stream.WriteAsync("a"u8.ToArray(), Cancel);
            byte[] buffer = new byte[8 * 1024];
            received += await stream.ReadAsync(buffer, Cancel);
            for (int turn = 0; turn < 100; turn++)
            {
                int before = received;
                bool isOver = false;
                Loop.Post(() => isOver = true);
                while (!isOver)
                {
                    received += await stream.ReadAsync(buffer, Cancel);
                }

                // The one that began in a turn may have ended in the next.
                (received - before).ShouldBeLessThanOrEqualTo(2 * LoopConnection.MostATurn);
            }

            return received;
        });

        using Socket server = await listener.AcceptAsync(Cancel);
        byte[] block = new byte[1_000_000];
        try
        {
            while (!client.IsCompleted)
            {
                await server.SendAsync(block, Cancel);
            }
        }
        catch (SocketException)
        {
            // The client has had enough.
        }

        (await client).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_reset_is_said_as_by_a_socket_of_the_runtime()
    {
        Task<SocketError> client = OnLoopAsync(async stream =>
        {
            await stream.ConnectAsync(Second(20));
            await stream.WriteAsync("a"u8.ToArray(), Cancel);
            IOException fault = await Should.ThrowAsync<IOException>(() =>
                stream.ReadAsync(new byte[10], Cancel).AsTask()
            );
            return ((SocketException)fault.InnerException!).SocketErrorCode;
        });

        using (Socket server = await listener.AcceptAsync(Cancel))
        {
            await ReceiveAsync(server, 1);
            server.LingerState = new(enable: true, seconds: 0);
        }

        (await client).ShouldBe(SocketError.ConnectionReset);
    }

    [Fact]
    public async Task One_deadline_holds_from_the_connect_on()
    {
        long begun = Loop.Time.GetTimestamp();
        // Real time: the loop has no other.
        Task<TimeSpan> client = OnLoopAsync(async stream =>
        {
            await stream.ConnectAsync(Second(0.1));
            await stream.WriteAsync("a"u8.ToArray(), Cancel);
            await Should.ThrowAsync<OperationCanceledException>(() => stream.ReadAsync(new byte[10], Cancel).AsTask());
            await Should.ThrowAsync<OperationCanceledException>(() => stream.ReadAsync(new byte[10], Cancel).AsTask());
            return Loop.Time.GetElapsedTime(begun);
        });

        using Socket server = await listener.AcceptAsync(Cancel);

        (await client).ShouldBeGreaterThanOrEqualTo(Second(0.1));
    }

    [Fact]
    public async Task What_has_arrived_when_the_deadline_passes_is_received()
    {
        Task<int> client = OnLoopAsync(async _ =>
        {
            LoopConnection connection = new(Loop, Path);
            await connection.ConnectAsync(Second(20));
            await connection.SendAsync("a"u8.ToArray(), Cancel);
            byte[] buffer = new byte[2];
            ValueTask<int> first = connection.ReceiveAsync(buffer, Cancel);
            // On the loopback it is there at once, and reported when this turn is over.
            using Socket server = listener.Accept();
            server.Send("abc"u8);
            first.IsCompleted.ShouldBeFalse();

            connection.TimedOut();

            int count = await first + await connection.ReceiveAsync(buffer, Cancel);
            await Should.ThrowAsync<OperationCanceledException>(async () =>
                await connection.ReceiveAsync(buffer, Cancel)
            );
            connection.Abort();
            return count;
        });

        (await client).ShouldBe(3);
    }

    [Fact]
    public async Task Of_what_comes_without_an_end_as_much_is_received_after_the_deadline_as_in_a_turn()
    {
        Task<int> client = OnLoopAsync(async _ =>
        {
            LoopConnection connection = new(Loop, Path);
            await connection.ConnectAsync(Second(20));
            await connection.SendAsync("a"u8.ToArray(), Cancel);
            using Socket server = listener.Accept();
            byte[] block = new byte[64 * 1024];
            server.Blocking = false;
            server.Send(block);
            connection.TimedOut();

            int count = 0;
            try
            {
                while (true)
                {
                    count += await connection.ReceiveAsync(block, Cancel);
                    server.Send(block, 0, block.Length, SocketFlags.None, out SocketError _);
                }
            }
            catch (OperationCanceledException)
            {
                connection.Abort();
                return count;
            }
        });

        (await client).ShouldBeInRange(LoopConnection.MostATurn, LoopConnection.MostATurn + (64 * 1024));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancellation_ends_a_wait_and_leaves_the_connection(bool isFromElsewhere)
    {
        using CancellationTokenSource stop = new();
        TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int> client = OnLoopAsync(async stream =>
        {
            byte[] buffer = new byte[10];
            await stream.ConnectAsync(Second(20));
            await stream.WriteAsync("a"u8.ToArray(), Cancel);
            ValueTask<int> reading = stream.ReadAsync(buffer, stop.Token);
            if (isFromElsewhere)
            {
                waiting.SetResult();
            }
            else
            {
#pragma warning disable CA1849, VSTHRD103
                stop.Cancel();
#pragma warning restore CA1849, VSTHRD103
            }

            await Should.ThrowAsync<OperationCanceledException>(async () => await reading);
            await stream.WriteAsync("b"u8.ToArray(), Cancel);
            return await stream.ReadAsync(buffer, Cancel);
        });

        using Socket server = await listener.AcceptAsync(Cancel);
        await ReceiveAsync(server, 1);
        if (isFromElsewhere)
        {
            await waiting.Task;
            await stop.CancelAsync();
        }

        await ReceiveAsync(server, 1);
        await server.SendAsync("abc"u8.ToArray(), Cancel);
        (await client).ShouldBe(3);
    }

    [Fact]
    public async Task Given_up_it_is_closed_and_ends_every_wait()
    {
        LoopStream? open = null;
        Task<int> client = OnLoopAsync(async stream =>
        {
            open = stream;
            await stream.ConnectAsync(Second(20));
            ValueTask writing = stream.WriteAsync(new byte[20_000_000], Cancel);
            ValueTask<int> reading = stream.ReadAsync(new byte[10], Cancel);
            Loop.Post(stream.Abort);
            await Should.ThrowAsync<OperationCanceledException>(async () => await writing);
            await Should.ThrowAsync<OperationCanceledException>(async () => await reading);
            await Should.ThrowAsync<OperationCanceledException>(() => stream.ReadAsync(new byte[1], Cancel).AsTask());
            await Should.ThrowAsync<OperationCanceledException>(async () =>
                await stream.WriteAsync(new byte[1], Cancel)
            );
            return 1;
        });

        using Socket server = await listener.AcceptAsync(Cancel);
        (await client).ShouldBe(1);
        // From another thread, and again: nothing happens.
        await open!.DisposeAsync();
        byte[] buffer = new byte[1_000_000];
        while (await server.ReceiveAsync(buffer, Cancel) > 0) { }
    }

    [Fact]
    public async Task A_connect_that_fails_is_an_outcome()
    {
        listener.Dispose();
        using Peer hole = Peer.BlackHole();
        using Socket refusing = Peer.Refusing();
        TcpPath refused = new((IPEndPoint)refusing.LocalEndPoint!, null);

        (await ConnectAsync(refused)).Cause.ShouldBe("refused");
        (await ConnectAsync(new(hole.EndPoint, null))).ShouldBe(TcpAttempt.TimedOut(new(hole.EndPoint, null)));

        // Real time: the loop has no other.
        static Task<TcpAttempt> ConnectAsync(TcpPath path) =>
            OnLoopAsync(async stream => await stream.ConnectAsync(Second(0.05)), path);
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int count)
    {
        byte[] all = new byte[count];
        for (int at = 0; at < count; )
        {
            int got = await socket.ReceiveAsync(all.AsMemory(at), Cancel);
            got.ShouldBeGreaterThan(0);
            at += got;
        }

        return all;
    }

    private Task<T> OnLoopAsync<T>(Func<LoopStream, Task<T>> use) => OnLoopAsync(use, Path);

    private static Task<T> OnLoopAsync<T>(Func<LoopStream, Task<T>> use, TcpPath path)
    {
        TaskCompletionSource<T> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Loop.Post(() => _ = RunAsync());
        return outcome.Task.WaitAsync(Second(30), Cancel);

        async Task RunAsync()
        {
            await using LoopStream stream = new(Loop, path);
            try
            {
                outcome.SetResult(await use(stream));
            }
#pragma warning disable CA1031 // It is the test's.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                outcome.SetException(exception);
            }
        }
    }
}
