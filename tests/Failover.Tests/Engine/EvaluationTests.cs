namespace Failover;

public sealed class EvaluationTests
{
    [Fact]
    public async Task A_request_is_answered_when_its_evaluation_ends_though_a_late_loop_begins_the_next_at_once()
    {
        await using EngineUnderTest test = new();
        TaskCompletionSource first = new();
        ScriptedCheck check = new() { Gate = first };
        test.Add(new Background(check, Second(1)));
        Component mail = test.Add(check, name: "mail");
        test.Engine.Start();
        SpinWait.SpinUntil(() => check.Probes == 1, Second(30)).ShouldBeTrue();
        Task<HealthState> answer = EngineUnderTest.PollAsync(mail);
        test.Time.Advance(Second(2));

        check.Gate = new();
        first.SetResult();

        (await answer.WaitAsync(Second(30), TestContext.Current.CancellationToken)).ShouldBe(Ok);
        check.Gate.SetResult();
    }

    [Fact]
    public async Task Each_request_probes_when_no_evaluation_is_running()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new();
        Component component = test.Add(check);
        await test.StartAsync();

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        check.Sees = Fail;
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);

        check.Probes.ShouldBe(2);
    }

    [Fact]
    public async Task Requests_that_arrive_during_an_evaluation_share_it()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Gate = new TaskCompletionSource(), Sees = Fail };
        Component component = test.Add(new Hysteresis(check, failAfter: Count(2)));
        await test.StartAsync();

        Task<HealthState>[] polls = [.. Enumerable.Range(0, 1000).Select(_ => EngineUnderTest.PollAsync(component))];
        polls.ShouldAllBe(poll => !poll.IsCompleted);
        check.Gate.SetResult();

        (await Task.WhenAll(polls)).ShouldAllBe(state => state == Ok);
        check.Probes.ShouldBe(1);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(
            Fail,
            "the storm was one observation, this is the second"
        );
    }

    [Fact]
    public async Task What_throws_is_an_error_with_its_message()
    {
        await using EngineUnderTest test = new();
        Component component = test.Add(new ScriptedCheck { Throws = new InvalidOperationException("no such thing") });
        await test.StartAsync();

        Snapshot answer = await component.AnswerAsync();

        answer.State.ShouldBe(Error);
        answer.Reason.ShouldBe("InvalidOperationException: no such thing");
    }

    [Fact]
    public async Task An_exception_that_throws_when_it_is_read_is_an_error_too()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Throws = new UnreadableException() };
        Component component = test.Add(check);
        await test.StartAsync();

        Snapshot answer = await component
            .AnswerAsync()
            .AsTask()
            .WaitAsync(Second(30), TestContext.Current.CancellationToken);

        answer.State.ShouldBe(Error);
        answer.Reason.ShouldBe("UnreadableException: its message cannot be read");
        check.Throws = null;
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
    }

    [Fact]
    public async Task Checks_that_block_their_threads_do_not_delay_others()
    {
        using ManualResetEventSlim gate = new();
        await using HealthEngine engine = new(TimeProvider.System);
        BlockingCheck[] blocking =
        [
            .. Enumerable.Range(1, UserCodeThreads.Most - 1).Select(_ => new BlockingCheck(gate)),
        ];
        foreach (BlockingCheck check in blocking)
        {
            engine.Add(new($"blocking-{engine.Components.Count}", new Background(check, Minute(1))));
        }

        Component quick = engine.Add(new("quick", new ScriptedCheck()));
        engine.Start();

        SpinWait.SpinUntil(() => blocking.All(check => check.IsBlocking), Second(30)).ShouldBeTrue();
        (await quick.AnswerAsync()).State.ShouldBe(Ok);
        blocking.ShouldAllBe(check => !check.IsOnPool);
        gate.Set();
    }

    private sealed record BlockingCheck(ManualResetEventSlim Gate) : ProbeCheck
    {
        public bool IsBlocking { get; private set; }

        public bool IsOnPool { get; private set; }

        public override TimeSpan LongestTime => Minute(1);

        public override string Summary => "blocking";

        public override ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken)
        {
            IsOnPool = Thread.CurrentThread.IsThreadPoolThread;
            IsBlocking = true;
            Gate.Wait(cancellationToken);
            return new(Observation.Ok());
        }
    }

    private sealed class UnreadableException : Exception
    {
        public override string Message => throw new InvalidOperationException("broken");
    }

    [Fact]
    public async Task A_component_that_hangs_does_not_delay_another()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck hanging = new() { Gate = new TaskCompletionSource() };
        Component slow = test.Add(hanging);
        Component quick = test.Add(new ScriptedCheck());
        await test.StartAsync();

        Task<HealthState> waiting = EngineUnderTest.PollAsync(slow);

        (await EngineUnderTest.PollAsync(quick)).ShouldBe(Ok);
        waiting.IsCompleted.ShouldBeFalse();
        hanging.Gate.SetResult();
        (await waiting).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_task_in_two_components_is_one_node()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Sees = Fail };
        Hysteresis shared = new(check, failAfter: Count(2));
        Component one = test.Add(shared);
        Component other = test.Add(shared);
        await test.StartAsync();

        (await EngineUnderTest.PollAsync(one)).ShouldBe(Ok);
        (await EngineUnderTest.PollAsync(other)).ShouldBe(Fail);
        check.Probes.ShouldBe(2);
    }

    [Fact]
    public async Task Tasks_that_only_describe_the_same_are_nodes_of_their_own()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Sees = Fail };
        Component one = test.Add(new Hysteresis(check, failAfter: Count(2)));
        Component other = test.Add(new Hysteresis(check, failAfter: Count(2)));
        await test.StartAsync();

        (await EngineUnderTest.PollAsync(one)).ShouldBe(Ok);
        (await EngineUnderTest.PollAsync(other)).ShouldBe(Ok);
    }

    [Fact]
    public async Task Polling_a_background_component_changes_nothing()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Sees = Fail };
        Component component = test.Add(new Hysteresis(new Background(check, Second(10)), failAfter: Count(3)));
        await test.StartAsync();

        (await EngineUnderTest.PollAsync(component, 100)).ShouldBe(new string('O', 100));
        check.Probes.ShouldBe(1);

        await test.AdvanceAsync(Second(20), step: Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail, "the third observation");
    }

    [Fact]
    public async Task An_oneshot_outside_every_toggle_cannot_be_fired()
    {
        await using EngineUnderTest test = new();
        Oneshot oneshot = new();
        Component component = test.Add(oneshot, onPost: oneshot);
        await test.StartAsync();

        (await test.FireAsync(component)).ShouldBe(OperationOutcome.NothingToReset);

        (await EngineUnderTest.PollAsync(component, 2)).ShouldBe("FF");
    }

    [Fact]
    public async Task Evaluations_of_one_node_never_overlap()
    {
        await using HealthEngine engine = new(TimeProvider.System);
        ScriptedCheck check = new();
        Hysteresis shared = new(check);
        Component[] components =
        [
            engine.Add(new("check", check)),
            engine.Add(new("hysteresis", shared)),
            engine.Add(new("latch", new Toggle(toFail: shared, toOk: new Oneshot()))),
            engine.Add(new("loop", new Background(shared, Second(0.001)))),
        ];
        engine.Start();

        await Task.WhenAll(
            Enumerable
                .Range(0, 64)
                .Select(poller =>
                    Task.Run(async () =>
                    {
                        for (int i = 0; i < 200; i++)
                        {
                            (await components[(poller + i) % components.Length].AnswerAsync()).State.ShouldBeOneOf(
                                Ok,
                                Fail
                            );
                        }
                    })
                )
        );

        check.Probes.ShouldBeGreaterThan(1);
        check.MostAtOnce.ShouldBe(1);
    }
}
