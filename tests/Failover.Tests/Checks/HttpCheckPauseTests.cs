using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>HTTP checks in a process that is stopped by a signal while they run, with their target in this one.</summary>
[SupportedOSPlatform("linux")]
public sealed class HttpCheckPauseTests : IDisposable
{
    private const string Target = "FAILOVER_TESTS_TARGET";

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public HttpCheckPauseTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "stops and continues a process by signals");
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private EndPoint Authority => listener.LocalEndPoint!;

    public void Dispose() => listener.Dispose();

    [Fact]
    public async Task An_answer_that_comes_while_the_process_is_stopped_counts()
    {
        // Whoever waits by the runtime's sockets learns of the deadline first, and it says that the process was stopped.
        Assert.SkipWhen(EventLoops.OfProcess is null, "by event loops");
        (string seen, _) = await ProbeAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");

        seen.ShouldStartWith("Ok status 200 in ");
    }

    [Fact]
    public async Task A_deadline_that_passed_meanwhile_is_a_timeout_that_overlaps_a_pause()
    {
        (string seen, string timeout) = await ProbeAsync(answer: "");

        seen.ShouldBe($"Fail timed out after 1s while waiting for the answer: {Authority}");
        timeout.ShouldBe("timeout, overlaps a pause");
    }

    private async Task<(string Seen, string Timeout)> ProbeAsync(string answer)
    {
        using StoppableProcess process = StoppableProcess.Start(A_target_is_probed, $"export {Target}={Authority}");
        // The probe that has all of it compiled, so that the stop does not come in the middle of that.
        using (Socket first = await AcceptAsync())
        {
            await AnswerAsync(first, "HTTP/1.1 204 None\r\n\r\n");
        }

        using Socket target = await AcceptAsync();
        process.Stop();
        await AnswerAsync(target, answer);
        // Real time: that of the process that is stopped.
        await Task.Delay(Second(1.2), Cancel);
        process.Continue();
        return (await process.ReadLineAsync(), await process.ReadLineAsync());
    }

    // With its request.
    private async Task<Socket> AcceptAsync()
    {
        Socket client = await listener.AcceptAsync(Cancel);
        (await client.ReceiveAsync(new byte[4096], Cancel)).ShouldBeGreaterThan(0);
        return client;
    }

    private static async Task AnswerAsync(Socket client, string answer) =>
        await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(answer), Cancel);

    private static async Task A_target_is_probed()
    {
        string url = $"http://{Environment.GetEnvironmentVariable(Target)}/";
        await new HttpCheck(url, timeout: Second(20)).ProbeAsync(BootTime.Instance, CancellationToken.None);
        using PauseWatch watch = BegunWatch.Start(BootTime.Instance);
        long started = BootTime.Instance.GetTimestamp();
        Observation seen = await new HttpCheck(url, timeout: Second(1)).ProbeAsync(
            BootTime.Instance,
            CancellationToken.None
        );
        bool isPaused = watch.Overlaps(started, BootTime.Instance.GetTimestamp());
        await Console.Out.WriteLineAsync($"{seen.State} {seen.Reason}");
        await Console.Out.WriteLineAsync(
            $"{(seen.IsTimeout ? "timeout" : "")}, {(isPaused ? "overlaps a pause" : "")}"
        );
    }
}
