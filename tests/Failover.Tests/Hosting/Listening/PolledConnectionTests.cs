using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;

namespace Failover;

/// <summary>Polls that are answered on an event loop, and connections that go on to the web server.</summary>
[SupportedOSPlatform("linux")]
public sealed class PolledConnectionTests
{
    private const string Get = "GET /mail HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    public PolledConnectionTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "event loops are for Linux");

    [Fact]
    public async Task A_pipeline_is_answered_in_order_whoever_answers()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(all =>
        {
            all.AddComponent("mail", new Background(new DelegateCheck(() => true), Hour(1), initialState: Ok));
            all.AddComponent("asked", new DelegateCheck(() => false));
        });
        using RawConnection client = await RawConnection.OpenAsync(server.Port);

        await client.SendAsync(
            Get
                + Get.Replace("mail", "asked", StringComparison.Ordinal)
                + Get
                + "GET /m%61il HTTP/1.1\r\nHost: a\r\n\r\n"
                + Get
        );

        List<string> bodies = [];
        for (int i = 0; i < 5; i++)
        {
            bodies.Add((await client.ReadAnswerAsync()).Body);
        }

        bodies.ShouldBe(["OK", "FAIL", "OK", "OK", "OK"]);
    }

    [Fact]
    public async Task A_head_that_comes_in_pieces_is_answered()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", new DelegateCheck(() => true));
        using RawConnection client = await RawConnection.OpenAsync(server.Port);

        foreach (char piece in Get)
        {
            await client.SendAsync($"{piece}");
        }

        (await client.ReadAnswerAsync()).Body.ShouldBe("OK");
        await client.SendAsync(Get);
        (await client.ReadAnswerAsync()).Body.ShouldBe("OK");
    }

    [Fact]
    public async Task A_client_that_reads_nothing_gets_all_answers_once_it_reads()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(
            "mail",
            new Background(new DelegateCheck(() => true), Hour(1), initialState: Ok)
        );
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.ReceiveBufferSize = 4096;
        await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), Stop);
        client.Blocking = false;
        byte[] requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Get, 100)));
        long sent = 0;
        // Until the server has stopped to read: its buffers and ours are full.
        while (client.Poll(Second(0.2), SelectMode.SelectWrite))
        {
            sent += client.Send(requests, SocketFlags.None, out SocketError error);
            if (error != SocketError.Success && error != SocketError.WouldBlock)
            {
                Assert.Fail($"the connection was closed: {error}");
            }
        }

        // What is cut off at the end is no request of its own.
        long whole = sent / Get.Length;
        StringBuilder answers = new();
        byte[] buffer = new byte[64 * 1024];
        int bodies = 0;
        while (bodies < whole)
        {
            client.Poll(Second(30), SelectMode.SelectRead).ShouldBeTrue($"{bodies} of {whole} answers have come");
            int count = client.Receive(buffer);
            count.ShouldBeGreaterThan(0);
            bodies += Count(buffer.AsSpan(0, count));
        }

        static int Count(ReadOnlySpan<byte> bytes) => bytes.Count((byte)'K');
    }

    [Fact]
    public async Task Who_goes_away_while_an_evaluation_runs_frees_its_place()
    {
        using ManualResetEventSlim gate = new();
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(
            "mail",
            new DelegateCheck(() => gate.Wait(Second(30)))
        );
        ConnectionBudget budget = server.Budget;
        using (RawConnection client = await RawConnection.OpenAsync(server.Port))
        {
            await client.SendAsync(Get);
            SpinWait.SpinUntil(() => budget.Open == 1, Second(30)).ShouldBeTrue();
        }

        SpinWait.SpinUntil(() => budget.Open == 0, Second(30)).ShouldBeTrue();
        gate.Set();
        (await RawConnection.GetAsync(server.Port, "/mail")).Body.ShouldBe("OK");
    }

    [Fact]
    public async Task A_stop_answers_what_is_in_flight_and_says_that_it_closes()
    {
        using ManualResetEventSlim gate = new();
        using ManualResetEventSlim entered = new();
        HealthCheckServer server = await ServerUnderTest.StartAsync(
            "mail",
            new DelegateCheck(() =>
            {
                entered.Set();
                return gate.Wait(Second(30));
            })
        );
        using RawConnection idle = await RawConnection.OpenAsync(server.Port);
        using RawConnection client = await RawConnection.OpenAsync(server.Port);
        await client.SendAsync(Get);
        entered.Wait(Second(30), Stop).ShouldBeTrue();

        Task stopped = server.StopAsync(Stop);
        (await idle.IsClosedAsync()).ShouldBeTrue();
        stopped.IsCompleted.ShouldBeFalse();
        gate.Set();

        RawAnswer answer = await client.ReadAnswerAsync();
        (answer.Body, answer["Connection"]).ShouldBe(("OK", "close"));
        (await client.IsClosedAsync()).ShouldBeTrue();
        await stopped;
    }

    [Fact]
    public async Task A_client_that_sends_without_a_pause_keeps_no_other_waiting()
    {
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(
            "mail",
            new Background(new DelegateCheck(() => true), Hour(1), initialState: Ok)
        );
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        byte[] requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Get, 200)));
        // On threads of their own: the pool is the web server's here.
        Thread[] hogs =
        [
            .. Enumerable.Range(0, 4).Select(_ => new Thread(() => Pipeline(server.Port, requests, end.Token))),
        ];
        Array.ForEach(hogs, hog => hog.Start());

        for (int i = 0; i < 100; i++)
        {
            (await RawConnection.GetAsync(server.Port, "/mail")).Body.ShouldBe("OK");
        }

        await end.CancelAsync();
        Array.ForEach(hogs, hog => hog.Join());
    }

    [Fact]
    public async Task A_poll_that_hangs_takes_no_time_from_the_others_at_a_stop()
    {
        using ManualResetEventSlim gate = new();
        using ManualResetEventSlim entered = new();
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(
            "mail",
            new DelegateCheck(() =>
            {
                entered.Set();
                return gate.Wait(Second(60));
            })
        );
        using RawConnection hanging = await RawConnection.OpenAsync(server.Port);
        using RawConnection other = await RawConnection.OpenAsync(server.Port);
        await other.SendAsync("GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
        (await other.ReadAnswerAsync()).Status.ShouldBe(404);
        await hanging.SendAsync(Get);
        entered.Wait(Second(30), Stop).ShouldBeTrue();
        using CancellationTokenSource cutOff = new();

        Task stopped = server.StopAsync(cutOff.Token);

        // The web server's connection, while the poll still waits.
        (await other.IsClosedAsync()).ShouldBeTrue();
        stopped.IsCompleted.ShouldBeFalse();
        await cutOff.CancelAsync();
        (await hanging.IsClosedAsync()).ShouldBeTrue();
        gate.Set();
        await stopped;
    }

    [Fact]
    public Task An_answer_from_memory_allocates_nothing() => SeparateProcess.RunAsync(Ten_thousand_polls_are_answered);

    private static async Task Ten_thousand_polls_are_answered()
    {
        const int Polls = 10_000;
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(
            "mail",
            new Background(new DelegateCheck(() => true), Hour(1), initialState: Ok)
        );
        using RawConnection client = await RawConnection.OpenAsync(server.Port);
        await PollAsync(client, 1000);
        long before = await AllocatedAsync();

        await PollAsync(client, Polls);

        // What the counters themselves cost.
        (await AllocatedAsync() - before).ShouldBeLessThan(Polls);
    }

    private static void Pipeline(int port, byte[] requests, CancellationToken end)
    {
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(new IPEndPoint(IPAddress.Loopback, port));
        Thread reader = new(() =>
        {
            byte[] buffer = new byte[256 * 1024];
            while (client.Receive(buffer) > 0) { }
        });
        reader.Start();
        while (!end.IsCancellationRequested)
        {
            client.Send(requests);
        }

        client.Shutdown(SocketShutdown.Send);
        reader.Join();
    }

    private static async Task PollAsync(RawConnection client, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await client.SendAsync(Get);
            (await client.ReadAnswerAsync()).Body.ShouldBe("OK");
        }
    }

    // By the threads of all loops.
    private static async Task<long> AllocatedAsync()
    {
        long all = 0;
        foreach (EventLoop loop in EventLoops.OfProcess!.All)
        {
            TaskCompletionSource<long> one = new(TaskCreationOptions.RunContinuationsAsynchronously);
            loop.Post(() => one.SetResult(GC.GetAllocatedBytesForCurrentThread()));
            all += await one.Task;
        }

        return all;
    }
}
