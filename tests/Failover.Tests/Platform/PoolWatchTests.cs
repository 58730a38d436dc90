using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Failover;

/// <summary>A pool whose threads are all busy. Each in a process of its own, whose pool is nobody else's.</summary>
public sealed class PoolWatchTests
{
    private const int Blocked = 200;
    private const int Queued = 3000;

    private static int MinThreads
    {
        get
        {
            ThreadPool.GetMinThreads(out int threads, out _);
            return threads;
        }
    }

    [Fact]
    public Task A_pool_that_is_blocked_is_warned_about_once_and_what_is_in_memory_is_still_answered() =>
        SeparateProcess.RunAsync(Blocked_threads_hold_up_nobody_for_long);

    [Fact]
    public Task In_an_application_of_somebody_elses_it_warns_and_adds_no_threads() =>
        SeparateProcess.RunAsync(Threads_are_not_added_where_the_pool_is_not_ours);

    [Fact]
    public async Task A_script_with_3000_blocked_work_items_answers_within_2_s_and_ends_within_10_s_of_SIGTERM()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        using Process script = SeparateProcess.Start(A_script_that_blocks_its_pool);
        Task<string> errors = script.StandardError.ReadToEndAsync(stop);
        try
        {
            string listens = (await script.StandardOutput.ReadLineAsync(stop))!;
            int port = int.Parse(listens[(listens.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
            (await RawConnection.GetAsync(port, "/mail")).Body.ShouldBe("OK");
            using RawConnection blocking = await RawConnection.OpenAsync(port);
            await blocking.SendAsync("GET /block HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await ReadUntilAsync(script.StandardOutput, "blocked");

            long asked = Stopwatch.GetTimestamp();
            (await RawConnection.GetAsync(port, "/mail")).Body.ShouldBe("OK");
            TimeSpan took = Stopwatch.GetElapsedTime(asked);
            TimeSpan alone = TimeToBlock(Queued);
            took.ShouldBeLessThan(alone < Second(1) ? Second(2) : 6 * alone);

            long told = Stopwatch.GetTimestamp();
            using Process kill = Process.Start("kill", ["-TERM", $"{script.Id}"]);
            string log = await script.StandardOutput.ReadToEndAsync(stop).WaitAsync(Second(10), stop);
            await script.WaitForExitAsync(stop);
            Stopwatch.GetElapsedTime(told).ShouldBeLessThan(Second(10));
            script.ExitCode.ShouldBe(0, await errors);
            log.ShouldContain("warning: the thread pool is starved");
            log.ShouldContain("draining");
        }
        finally
        {
            script.Kill();
        }
    }

    [Fact]
    public Task A_pool_that_keeps_up_is_no_word_worth() => SeparateProcess.RunAsync(A_pool_that_works_is_left_alone);

    private static async Task Blocked_threads_hold_up_nobody_for_long()
    {
        ConcurrentQueue<string> warnings = new();
        int usual = MinThreads;
        await using HealthCheckServer server = await ServerUnderTest.StartAsync(
            "mail",
            new Background(new ScriptedCheck(), Hour(1), initialState: Ok)
        );
        using PoolWatch watch = new(warnings.Enqueue);
        using ManualResetEventSlim gate = new();
        for (int i = 0; i < Blocked; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => gate.Wait(), null);
        }

        long asked = Stopwatch.GetTimestamp();
        RawAnswer answer = await RawConnection.GetAsync(server.Port, "/mail");

        // Left alone, it takes a minute and a half.
        Stopwatch.GetElapsedTime(asked).ShouldBeLessThan(Second(20));
        answer.Body.ShouldBe("OK");
        SpinWait.SpinUntil(() => warnings.Count == 2, Second(30)).ShouldBeTrue();
        warnings.First().ShouldStartWith("the thread pool is starved");
        warnings.Last().ShouldStartWith("the thread pool keeps up again, after ");
        gate.Set();
        SpinWait.SpinUntil(() => MinThreads == usual, Second(30)).ShouldBeTrue();
    }

    private static async Task Threads_are_not_added_where_the_pool_is_not_ours()
    {
        ConcurrentQueue<string> warnings = new();
        int usual = MinThreads;
        using ManualResetEventSlim gate = new();
        for (int i = 0; i < Blocked; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => gate.Wait(), null);
        }

        using PoolWatch watch = new(warnings.Enqueue, addsThreads: false);

        SpinWait.SpinUntil(() => !warnings.IsEmpty, Second(30)).ShouldBeTrue();
        warnings.ShouldBe(["the thread pool is starved: its threads are all busy, and answers wait for one"]);
        MinThreads.ShouldBe(usual);
        gate.Set();
        SpinWait.SpinUntil(() => warnings.Count == 2, Second(30)).ShouldBeTrue();
    }

    private static Task A_script_that_blocks_its_pool()
    {
        ManualResetEventSlim gate = new();
        HealthCheckServer server = new(port: 0, host: "127.0.0.1");
        server.AddComponent("mail", new Background(new ScriptedCheck(), Hour(1), initialState: Ok));
        server.AddComponent(
            "block",
            new DelegateCheck(() =>
            {
                for (int i = 0; i < Queued; i++)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(_ => gate.Wait(), null);
                }

                Console.WriteLine("blocked");
                return true;
            })
        );
        server.RunForever();
        return Task.CompletedTask;
    }

    // Each of them takes a thread. Where making so many takes more than a second by itself, others keep the machine busy.
    private static TimeSpan TimeToBlock(int threads)
    {
        using ManualResetEventSlim gate = new();
        using CountdownEvent ended = new(threads);
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < threads; i++)
        {
            new Thread(() =>
            {
                gate.Wait();
                ended.Signal();
            }).Start();
        }

        TimeSpan took = Stopwatch.GetElapsedTime(began);
        gate.Set();
        ended.Wait();
        return took;
    }

    private static async Task ReadUntilAsync(TextReader output, string line)
    {
        while (await output.ReadLineAsync(TestContext.Current.CancellationToken) is { } read && read != line) { }
    }

    private static async Task A_pool_that_works_is_left_alone()
    {
        ConcurrentQueue<string> warnings = new();
        using PoolWatch watch = new(warnings.Enqueue);

        // Real time: the pool's own is what is watched.
        await Task.Delay(TimeSpan.FromSeconds(4));

        warnings.ShouldBeEmpty();
    }
}
