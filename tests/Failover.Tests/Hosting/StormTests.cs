using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>Very many requests for one component while its check runs. They come from a process of their own: a process may
/// have too few descriptors for both ends of so many connections.</summary>
public sealed class StormTests
{
    private const int Requests = 10_000;

    // Beside the connections, what a process has open anyway.
    private const int Descriptors = Requests + 1_000;

    // Fewer than the backlog of any listener: no connection is to wait for a SYN that is sent anew.
    private const int ConnectingAtATime = 128;
    private const string PortVariable = "FAILOVER_TESTS_STORM_PORT";

    [Fact]
    public async Task Ten_thousand_requests_during_one_check_make_one_probe_and_hold_up_nobody_else()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads the limit of descriptors in /proc");
        DescriptorLimit().ShouldBeGreaterThanOrEqualTo(Descriptors, "raise the limit of descriptors: ulimit -Hn");
        ScriptedCheck slow = new() { Gate = new(), Timeout = Hour(1) };
        TaskCompletionSource allWait = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebApplication app = await ServeAsync(slow, allWait);
        int port = new Uri(app.Urls.Single()).Port;

        Task storm = SeparateProcess.RunAsync(Every_request_is_answered_OK, $"export {PortVariable}={port}");
        await await Task.WhenAny(storm, allWait.Task);

        slow.Probes.ShouldBe(1);
        (await RawConnection.GetAsync(port, "/other")).Body.ShouldBe("OK");
        storm.IsCompleted.ShouldBeFalse("nobody is answered before the check has ended");

        slow.Gate.SetResult();
        await storm;
        slow.Probes.ShouldBe(1);
    }

    private static async Task Every_request_is_answered_OK()
    {
        int port = int.Parse(Environment.GetEnvironmentVariable(PortVariable)!, CultureInfo.InvariantCulture);
        Socket[] sockets = new Socket[Requests];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Requests),
            new ParallelOptions { MaxDegreeOfParallelism = ConnectingAtATime },
            async (i, cancel) =>
            {
                sockets[i] = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    // Leaves no TIME_WAIT of 10,000 ports.
                    LingerState = new LingerOption(enable: true, seconds: 0),
                };
                await sockets[i].ConnectAsync(IPAddress.Loopback, port, cancel);
                await sockets[i].SendAsync("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), cancel);
            }
        );
        bool[] answered = await Task.WhenAll(sockets.Select(IsAnsweredOkAsync));
        answered.Count(isOk => isOk).ShouldBe(Requests);
    }

    private static async Task<bool> IsAnsweredOkAsync(Socket socket)
    {
        byte[] buffer = new byte[1024];
        StringBuilder answer = new();
        while (!answer.ToString().EndsWith("\r\n\r\nOK", StringComparison.Ordinal))
        {
            int count = await socket.ReceiveAsync(buffer);
            if (count == 0)
            {
                return false;
            }

            answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return answer.ToString().StartsWith("HTTP/1.1 200 OK\r\n", StringComparison.Ordinal);
    }

    private static async Task<WebApplication> ServeAsync(ScriptedCheck slow, TaskCompletionSource allWait)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddFailover(failover =>
        {
            failover.AddComponent("slow", slow);
            failover.AddComponent("other", new Background(new ScriptedCheck(), Second(10), initialState: Ok));
        });
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        int waiting = 0;
        app.Use(
            async (http, next) =>
            {
                // A request waits for the check from the moment that the call returns.
                Task answered = next(http);
                if (!answered.IsCompleted && Interlocked.Increment(ref waiting) == Requests)
                {
                    allWait.SetResult();
                }

                await answered;
            }
        );
        app.MapFailover("");
        await app.StartAsync();
        return app;
    }

    private static long DescriptorLimit()
    {
        string[] words = File.ReadLines("/proc/self/limits")
            .Single(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words[3] is "unlimited" ? long.MaxValue : long.Parse(words[3], CultureInfo.InvariantCulture);
    }
}
