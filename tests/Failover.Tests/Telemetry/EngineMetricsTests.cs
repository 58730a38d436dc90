namespace Failover;

/// <summary>What an engine counts.</summary>
public sealed class EngineMetricsTests
{
    [Fact]
    public async Task Probes_are_counted_by_what_they_saw_and_an_error_has_no_duration()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new();
        test.Add(new Background(check, Second(1)));
        await test.StartAsync();
        foreach (HealthState sees in (HealthState[])[Fail, Error, Error, Ok])
        {
            check.Sees = sees;
            await test.AdvanceAsync(Second(1));
        }

        IReadOnlyDictionary<string, string> scraped = await ScrapeAsync(test);
        scraped["failover_components"].ShouldBe("1");
        scraped["failover_probes_total{check=\"ScriptedCheck\",outcome=\"ok\"}"].ShouldBe("2");
        scraped["failover_probes_total{check=\"ScriptedCheck\",outcome=\"fail\"}"].ShouldBe("1");
        scraped["failover_probes_total{check=\"ScriptedCheck\",outcome=\"error\"}"].ShouldBe("2");
        scraped["failover_probe_duration_seconds_count{check=\"ScriptedCheck\"}"].ShouldBe("3");
        scraped["failover_probe_duration_seconds_bucket{check=\"ScriptedCheck\",le=\"+Inf\"}"].ShouldBe("3");
    }

    [Fact]
    public async Task How_long_probes_take_is_counted_by_the_clock_of_the_engine()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Gate = new() };
        test.Add(new Background(check, Second(1)));
        test.Engine.Start();
        test.Time.Advance(Second(0.3));
        check.Gate.SetResult();
        await test.Engine.WhenIdleAsync();

        IReadOnlyDictionary<string, string> scraped = await ScrapeAsync(test);
        scraped["failover_probe_duration_seconds_bucket{check=\"ScriptedCheck\",le=\"0.25\"}"].ShouldBe("0");
        scraped["failover_probe_duration_seconds_bucket{check=\"ScriptedCheck\",le=\"0.5\"}"].ShouldBe("1");
        scraped["failover_probe_duration_seconds_sum{check=\"ScriptedCheck\"}"].ShouldBe("0.3");
    }

    [Fact]
    public async Task Turns_that_begin_late_are_counted()
    {
        await using EngineUnderTest test = new();
        test.Add(new Background(new ScriptedCheck(), Second(1)));
        await test.StartAsync();
        double before = double.Parse((await ScrapeAsync(test))[Late], Invariant);

        // Nobody was woken at 1 s.
        test.Time.Leap(Second(1.2));
        test.Time.Advance(TimeSpan.Zero);
        await test.Engine.WhenIdleAsync();

        (double.Parse((await ScrapeAsync(test))[Late], Invariant) - before).ShouldBe(0.2, 1e-6);
    }

    [Fact]
    public async Task The_write_of_a_latch_is_pending_until_the_store_acknowledges_it()
    {
        ScriptedStore store = new() { Holds = true };
        await using EngineUnderTest test = new(store);
        Oneshot reset = new(auth: new HtpasswdFile("/nowhere/users"));
        ScriptedCheck check = new() { Sees = Fail };
        test.Add(new Toggle(new Background(check, Second(1)), reset), name: "mail", onPost: reset);
        await test.StartAsync();

        IReadOnlyDictionary<string, string> held = await ScrapeAsync(test);
        test.Time.Advance(Second(0.2));
        store.StoreAll();
        IReadOnlyDictionary<string, string> stored = await ScrapeAsync(test);

        (held["failover_store_pending"], stored["failover_store_pending"]).ShouldBe(("1", "0"));
        held["failover_store_commit_duration_seconds_count"].ShouldBe("0");
        stored["failover_store_commit_duration_seconds_count"].ShouldBe("1");
        stored["failover_store_commit_duration_seconds_sum"].ShouldBe("0.2");
        stored["failover_store_problem"].ShouldBe("0");
    }

    [Fact]
    public async Task Events_that_a_reader_missed_are_counted()
    {
        await using EngineUnderTest test = new();
        Publish(HealthEngine.EventCapacity + 1);
        await using IAsyncEnumerator<RingEntry> reader = test
            .Engine.Events.FollowAsync(0, TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        (await reader.MoveNextAsync()).ShouldBeTrue();
        (await ScrapeAsync(test))["failover_dropped_events_total"].ShouldBe("0", "what is over before it begins");

        Publish(5 + 1);
        (await reader.MoveNextAsync()).ShouldBeTrue();
        (await ScrapeAsync(test))["failover_dropped_events_total"].ShouldBe("5");

        void Publish(int events)
        {
            for (int i = 0; i < events; i++)
            {
                test.Engine.Publish(new StateChange("mail", Ok, Fail, ""));
            }
        }
    }

    private const string Late = "failover_background_lateness_seconds_sum";

    private static System.Globalization.CultureInfo Invariant => System.Globalization.CultureInfo.InvariantCulture;

    private static Task<IReadOnlyDictionary<string, string>> ScrapeAsync(EngineUnderTest test) =>
        ScrapedMetrics.OfAsync(new EngineMetrics(test.Engine));
}
