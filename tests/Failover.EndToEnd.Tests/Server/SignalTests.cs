using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>A script that is told to end: what is under way is still answered, and nothing new is taken.</summary>
public sealed class SignalTests
{
    private static readonly TimeSpan LongestDrain = Second(10);

    // The default action of a signal ends a process with 128 and the signal's number.
    private const int EndedBySigterm = 128 + 15;

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task An_idle_script_ends_at_once_and_well(PosixSignal signal)
    {
        using Target target = Target.Started();
        await using RunningScript script = await Scripts.One.ServeAsync(target);
        (await script.PollAsync("example-1")).ShouldBe("OK");

        script.Process.Signal(signal);

        (await script.Process.ExitCodeAsync(LongestDrain)).ShouldBe(0, script.Process.ToString());
        script.Process.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task A_request_in_flight_is_answered_with_its_real_state_and_new_ones_are_refused(PosixSignal signal)
    {
        using SilentTarget target = await SilentTarget.StartAsync();
        await using RunningScript script = await ServeAsync(target);
        Task<RawAnswer> underWay = RawConnection.GetAsync(script.Port, "/example-1");
        await target.SomebodyWaitsAsync();

        long told = Stopwatch.GetTimestamp();
        script.Process.Signal(signal);
        await script.Process.LineAsync("draining");
        await Eventually.GetAsync(() => IsRefusedAsync(script.Port), isRefused => isRefused, "refused connections");
        underWay.IsCompleted.ShouldBeFalse();
        target.Accept();

        (await underWay).Body.ShouldBe("OK");
        (await script.Process.ExitCodeAsync(LongestDrain)).ShouldBe(0, script.Process.ToString());
        Stopwatch.GetElapsedTime(told).ShouldBeLessThan(LongestDrain);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_cut_off()
    {
        using SilentTarget target = await SilentTarget.StartAsync();
        await using RunningScript script = await ServeAsync(target);
        using RawConnection underWay = await RawConnection.OpenAsync(script.Port);
        await underWay.SendAsync("GET /example-1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await target.SomebodyWaitsAsync();

        script.Process.Signal(PosixSignal.SIGTERM);

        (await script.Process.ExitCodeAsync(LongestDrain)).ShouldBe(0, script.Process.ToString());
        (await underWay.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_second_signal_ends_the_process_at_once()
    {
        using SilentTarget target = await SilentTarget.StartAsync();
        await using RunningScript script = await ServeAsync(target);
        using RawConnection underWay = await RawConnection.OpenAsync(script.Port);
        await underWay.SendAsync("GET /example-1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await target.SomebodyWaitsAsync();
        script.Process.Signal(PosixSignal.SIGTERM);
        await script.Process.LineAsync("draining");

        script.Process.Signal(PosixSignal.SIGTERM);

        (await script.Process.ExitCodeAsync(Second(5))).ShouldBe(EndedBySigterm, script.Process.ToString());
    }

    private static async Task<RunningScript> ServeAsync(SilentTarget target) =>
        await RunningScript.WhenListeningAsync(await Scripts.One.StartAsync(target.Port));

    private static async Task<bool> IsRefusedAsync(int port)
    {
        try
        {
            using RawConnection connection = await RawConnection.OpenAsync(port);
            return false;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
    }
}
