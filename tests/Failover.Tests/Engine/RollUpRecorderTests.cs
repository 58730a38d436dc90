namespace Failover;

/// <summary>What an engine has rolled up of each minute: what was served for how long, and when nobody looked.</summary>
public sealed class RollUpRecorderTests
{
    private readonly Told rollUps = new();

    [Fact]
    public async Task A_minute_tells_the_times_of_each_state_apart()
    {
        await using EngineUnderTest test = Test();
        ScriptedCheck check = new();
        test.Add(new Background(check, Second(10)), name: "mail");
        await test.StartAsync();
        await test.AdvanceAsync(Second(25), Second(5));
        check.Sees = Fail;
        await test.AdvanceAsync(Second(20), Second(5));
        check.Sees = Error;
        await test.AdvanceAsync(Second(20), Second(5));

        rollUps.Text.ShouldBe(["00:00 mail ok 30 fail 20 error 10, 5 probes"]);
    }

    [Fact]
    public async Task Time_without_a_fresh_result_is_not_observed()
    {
        await using EngineUnderTest test = Test();
        ScriptedCheck check = new();
        test.Add(new Background(check, Second(10), staleAfter: Second(20)), name: "mail");
        await test.StartAsync();
        await test.AdvanceAsync(Second(20), Second(5));
        check.Gate = new();

        // Nothing is idle from here on.
        for (int i = 0; i < 20; i++)
        {
            test.Time.Advance(Second(5));
        }

        rollUps.Text.ShouldBe(["00:00 mail ok 40 fail 0 error 0, 3 probes"], "it hangs from 00:30 on, and is stale");
        check.Gate.SetResult();
    }

    [Fact]
    public async Task A_component_on_demand_is_observed_for_a_minute_from_each_request_on()
    {
        await using EngineUnderTest test = Test();
        Component component = test.Add(new ScriptedCheck(), name: "mail");
        await test.StartAsync();
        await test.AdvanceAsync(Second(90), Second(30));
        await EngineUnderTest.PollAsync(component);
        await test.AdvanceAsync(Second(15), Second(15));
        await EngineUnderTest.PollAsync(component);

        await test.AdvanceAsync(Minute(5), Second(30));

        rollUps.Text.ShouldBe([
            "00:01 mail ok 30 fail 0 error 0, 2 probes",
            "00:02 mail ok 45 fail 0 error 0, 0 probes",
        ]);
    }

    [Fact]
    public async Task A_latched_component_fails_whether_it_is_probed_or_not()
    {
        await using EngineUnderTest test = Test();
        ScriptedCheck check = new() { Sees = Fail };
        Oneshot reset = new();
        Component component = test.Add(new Toggle(toFail: check, toOk: reset), name: "mail", onPost: reset);
        await test.StartAsync();
        await test.AdvanceAsync(Second(45), Second(15));
        await EngineUnderTest.PollAsync(component);

        await test.AdvanceAsync(Second(150), Second(15));

        rollUps.Text.ShouldBe([
            "00:00 mail ok 0 fail 15 error 0, 1 probes",
            "00:01 mail ok 0 fail 60 error 0, 0 probes",
            "00:02 mail ok 0 fail 60 error 0, 0 probes",
        ]);
    }

    [Fact]
    public async Task A_pause_of_the_process_is_not_observed()
    {
        await using EngineUnderTest test = Test();
        // Pauses are watched for where a component counts time; without one, what is stale is not observed.
        Background loop = new(new ScriptedCheck(), Second(10), staleAfter: Minute(10));
        test.Add(new Hysteresis(loop, failAfter: Minute(1)), name: "mail");
        await test.StartAsync();
        await test.AdvanceAsync(Second(20), Second(1));

        test.Time.Leap(Second(30));
        await test.AdvanceAsync(Second(11), Second(1));

        // From 0 to 20 and from 50 to 60.
        rollUps.Text.ShouldHaveSingleItem().ShouldStartWith("00:00 mail ok 30 fail 0 error 0");
    }

    [Fact]
    public async Task A_shared_check_counts_for_each_component_and_once_in_each()
    {
        await using EngineUnderTest test = Test();
        Background shared = new(new ScriptedCheck(), Second(20));
        test.Add(new All(shared, new Not(new Not(shared))), name: "a");
        test.Add(shared, name: "b");
        test.Add(new Background(new ScriptedCheck(), Hour(1)), name: "c");
        await test.StartAsync();

        await test.AdvanceAsync(Second(61), Second(20));

        rollUps
            .Text.Order(StringComparer.Ordinal)
            .ShouldBe([
                "00:00 a ok 60 fail 0 error 0, 3 probes",
                "00:00 b ok 60 fail 0 error 0, 3 probes",
                "00:00 c ok 60 fail 0 error 0, 1 probes",
            ]);
    }

    [Fact]
    public async Task A_component_that_is_removed_is_observed_no_longer_and_is_not_kept_in_memory()
    {
        await using EngineUnderTest test = Test();
        test.ReplaceMail(new Background(new ScriptedCheck(), Hour(1)));
        await test.StartAsync();
        await test.AdvanceAsync(Second(30), Second(10));
        test.Replace(("web", new Background(new ScriptedCheck { Name = "other" }, Hour(1))));

        await test.AdvanceAsync(Second(95), Second(10));

        rollUps.Text.Where(line => line.Contains("mail", StringComparison.Ordinal)).Count().ShouldBe(1);
        rollUps.Text.ShouldContain("00:01 web ok 60 fail 0 error 0, 0 probes");
    }

    [Fact]
    public async Task The_end_of_the_process_ends_the_open_minute()
    {
        await using (EngineUnderTest test = Test())
        {
            test.Add(new Background(new ScriptedCheck(), Second(10)), name: "mail");
            await test.StartAsync();
            await test.AdvanceAsync(Second(75), Second(5));
        }

        rollUps.Text.ShouldBe([
            "00:00 mail ok 60 fail 0 error 0, 6 probes",
            "00:01 mail ok 15 fail 0 error 0, 2 probes",
        ]);
        rollUps.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_recorder_that_comes_late_still_tells_minutes_apart()
    {
        await using EngineUnderTest test = Test();
        test.Add(new Background(new ScriptedCheck(), Hour(1), staleAfter: Hour(2)), name: "mail");
        await test.StartAsync();

        // Longer than the watch for pauses lets pass in one step, and yet with each of its ticks.
        await test.AdvanceAsync(Minute(3) + Second(1));

        rollUps.Text.ShouldBe([
            "00:00 mail ok 60 fail 0 error 0, 1 probes",
            "00:01 mail ok 60 fail 0 error 0, 0 probes",
            "00:02 mail ok 60 fail 0 error 0, 0 probes",
        ]);
    }

    [Fact]
    public async Task Probes_of_a_component_are_read_the_newest_first_across_its_checks()
    {
        await using EngineUnderTest test = Test();
        test.Add(
            new All(
                new Background(new ScriptedCheck { Name = "a" }, Second(20)),
                new Background(
                    new ScriptedCheck
                    {
                        Name = "b",
                        Sees = Fail,
                        Reason = "refused",
                    },
                    Second(30)
                )
            ),
            name: "mail"
        );
        await test.StartAsync();
        await test.AdvanceAsync(Second(45), Second(5));

        IReadOnlyList<RecordedProbe> read = test.Engine.RecordedProbes(test.Of("mail"), limit: 4);

        read.Count.ShouldBe(4);
        read.Select(probe => probe.At).ShouldBeInOrder(SortDirection.Descending);
        read.Select(probe => $"{probe.Node.Vertex.Task.Summary} {probe.State} {probe.Reason}")
            .Distinct()
            .ShouldBe(["a Ok scripted", "b Fail refused"], ignoreOrder: true);
    }

    [Fact]
    public async Task Without_roll_ups_probes_are_kept_nevertheless()
    {
        await using EngineUnderTest test = new(history: new(RollUps: null));
        Component component = test.Add(new ScriptedCheck());
        await test.StartAsync();
        await EngineUnderTest.PollAsync(component);

        test.Engine.RecordedProbes(component, limit: 10).Count.ShouldBe(1);
    }

    private EngineUnderTest Test() => new(history: new(new RollUps(rollUps)));

    private sealed class Told
    {
        public List<string> Text { get; } = [];

        public bool IsClosed { get; set; }
    }

    private sealed class RollUps(Told told) : IRollUpStore
    {
        public string? File => null;

        public string? Problem => null;

        public void Open() { }

        public void Add(RollUpBatch batch)
        {
            foreach (RollUpRow row in batch.Rows)
            {
                LatencySketch sketch = new();
                sketch.TryAdd(batch.SketchOf(row)).ShouldBeTrue();
                sketch.Count.ShouldBe(row.Probes);
                told.Text.Add(
                    FormattableString.Invariant(
                        $"{batch.From:HH:mm} {row.Component} ok {row.Times.Ok.TotalSeconds:0} fail {row.Times.Fail.TotalSeconds:0} error {row.Times.Error.TotalSeconds:0}, {row.Probes} probes"
                    )
                );
            }
        }

        public Task<IReadOnlyList<LatencyRollUp>?> ReadAsync(RollUpQuery query, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask DisposeAsync()
        {
            told.IsClosed = true;
            return ValueTask.CompletedTask;
        }
    }
}
