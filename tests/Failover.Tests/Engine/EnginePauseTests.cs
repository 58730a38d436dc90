namespace Failover;

/// <summary>An engine in a process that is paused.</summary>
public sealed class EnginePauseTests
{
    [Theory]
    [InlineData("true")]
    [InlineData("export FAILOVER_NET=managed")]
    public async Task A_timeout_that_comes_while_the_process_is_stopped_is_no_evidence(string shell)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "stops and continues a process by signals");
        using StoppableProcess process = StoppableProcess.Start(A_silent_target_is_probed, shell);
        (await process.ReadLineAsync()).ShouldBe("probing");

        await process.StopForAsync(Second(2));

        (await process.ReadLineAsync()).ShouldStartWith("Error this process was paused meanwhile: ");
    }

    [Fact]
    public async Task A_pause_between_two_probes_restarts_a_duration()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Sees = Fail };
        Component component = test.Add(
            new Background(new Hysteresis(check, failAfter: Second(25)), Second(10), staleAfter: Hour(10))
        );
        await test.StartAsync();
        await test.AdvanceAsync(Second(15), step: Second(1));

        test.Time.Leap(Hour(1));
        await test.AdvanceAsync(Second(15), step: Second(1));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok, "nothing was observed in the hour");

        await test.AdvanceAsync(Second(25), step: Second(1));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
    }

    [Fact]
    public async Task A_component_that_counts_time_is_watched_from_the_reload_that_brings_it_to_the_one_that_takes_it_away()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new();
        Background counted = new(check, Second(10));
        Background timed = new(new Hysteresis(check, failAfter: Second(25)), Second(10));
        test.Add(counted, name: "mail");
        await test.StartAsync();
        await test.AdvanceAsync(Second(1));
        int idle = test.Time.TimerCount;

        test.ReplaceMail(timed);
        await test.AdvanceAsync(Second(1));
        test.Time.TimerCount.ShouldBe(idle + 1);

        test.ReplaceMail(counted);
        await test.AdvanceAsync(Second(1));
        test.Time.TimerCount.ShouldBe(idle);
    }

    private static async Task A_silent_target_is_probed()
    {
        using Peer hole = Peer.BlackHole();
        await using HealthEngine engine = new(BootTime.Instance);
        Component component = engine.Add(
            new("mail", new Background(new TcpCheck(hole.Host, hole.Port, Second(1)), Hour(1), initialState: Ok))
        );
        engine.Start();
        await Console.Out.WriteLineAsync("probing");
        await engine.WhenIdleAsync();
        Snapshot seen = await component.AnswerAsync();
        await Console.Out.WriteLineAsync($"{seen.State} {seen.Reason}");
    }
}
