namespace Failover;

/// <summary>Intervals that depend on what is seen, and jitter.</summary>
public sealed class TurnIntervalTests
{
    private readonly ScriptedCheck check = new();

    [Fact]
    public async Task Turns_are_fast_while_a_change_is_in_progress_and_rare_while_the_target_is_down()
    {
        await using EngineUnderTest test = new();
        Component mail = test.Add(
            new Background(
                new Hysteresis(check, okAfter: 2, failAfter: 3),
                interval: Second(10),
                fastInterval: Second(1),
                downInterval: Second(30)
            )
        );
        await test.StartAsync();
        check.Sees = Fail;

        // At 10 s the first failure, at 11 s the second, at 12 s the third.
        await TurnsAsync(test, Second(9), 0);
        await TurnsAsync(test, Second(1), 1);
        await TurnsAsync(test, Second(1), 1);
        mail.LastKnown().State.ShouldBe(Ok);
        await TurnsAsync(test, Second(1), 1);
        mail.LastKnown().State.ShouldBe(Fail);

        // Down: at 42 s. The first success there, the second at 43 s, and then the interval again.
        await TurnsAsync(test, Second(29), 0);
        check.Sees = Ok;
        await TurnsAsync(test, Second(1), 1);
        mail.LastKnown().State.ShouldBe(Fail);
        await TurnsAsync(test, Second(1), 1);
        mail.LastKnown().State.ShouldBe(Ok);
        await TurnsAsync(test, Second(9), 0);
        await TurnsAsync(test, Second(1), 1);
    }

    [Fact]
    public async Task A_change_that_comes_to_nothing_gives_the_interval_back()
    {
        await using EngineUnderTest test = new();
        test.Add(new Background(new Hysteresis(check, failAfter: 3), Second(10), fastInterval: Second(1)));
        await test.StartAsync();
        check.Sees = Fail;
        await TurnsAsync(test, Second(10), 1);
        check.Sees = Ok;
        await TurnsAsync(test, Second(1), 1);

        await TurnsAsync(test, Second(9), 0);
        await TurnsAsync(test, Second(1), 1);
    }

    [Fact]
    public async Task A_fail_is_believed_for_the_longer_interval_and_an_ok_is_not()
    {
        await using EngineUnderTest test = new();
        Component mail = test.Add(new Background(check, Second(1), downInterval: Second(100)));
        check.Sees = Fail;
        await test.StartAsync();

        await test.AdvanceAsync(Second(99));
        mail.LastKnown().State.ShouldBe(Fail);

        Background loop = new(check, Second(1), downInterval: Second(100));
        loop.StaleAfter.ShouldBe(Second(13));
        Background.Newest state = loop.CreateState(default);
        loop.Next(state, [Seen(Ok)], default).Observation.FreshUntil.ShouldBe(new(Second(13)));
        loop.Next(state, [Seen(Fail)], default).Observation.FreshUntil.ShouldBe(new(Second(310)));

        static Observation Seen(HealthState state) => Observation.WithoutEvidence(state, "") with { Id = 1 };
    }

    [Fact]
    public async Task Jitter_delays_each_turn_by_less_than_it_says_and_moves_no_beat()
    {
        await using EngineUnderTest test = new();
        test.Add(new Background(check, Second(10), jitter: Second(4)));
        await test.StartAsync();

        // Each turn comes in the first 4 s of its interval.
        HashSet<int> delays = [];
        for (int turn = 1; turn <= 20; turn++)
        {
            await test.AdvanceAsync(turn == 1 ? Second(10) : Second(6));
            check.Probes.ShouldBe(turn);
            int delay = 0;
            for (int tenths = 1; tenths <= 40; tenths++)
            {
                await test.AdvanceAsync(Second(0.1));
                delay = delay == 0 && check.Probes == turn + 1 ? tenths : delay;
            }

            check.Probes.ShouldBe(turn + 1);
            delays.Add(delay);
        }

        delays.Count.ShouldBeGreaterThan(5, "turns are spread");
    }

    private async Task TurnsAsync(EngineUnderTest test, TimeSpan time, int turns)
    {
        int before = check.Probes;
        await test.AdvanceAsync(time, step: Second(0.5));
        (check.Probes - before).ShouldBe(turns);
    }
}
