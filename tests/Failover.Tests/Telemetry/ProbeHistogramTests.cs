namespace Failover;

/// <summary>How long the probes of one component take is counted where it asks for that, and nowhere else.</summary>
public sealed class ProbeHistogramTests
{
    private const string Family = "failover_component_probe_duration_seconds";

    private readonly ScriptedCheck check = new();

    [Fact]
    public async Task Only_a_component_that_asks_has_one()
    {
        await using EngineUnderTest test = new();
        Add(test, "mail", new Background(check, Second(1)), hasHistogram: true);
        Add(test, "web", new Background(new ScriptedCheck { Name = "web" }, Second(1)), hasHistogram: false);
        await test.StartAsync();
        await test.AdvanceAsync(Second(2));

        IReadOnlyDictionary<string, string> scraped = await ScrapeAsync(test);

        scraped.Keys.Count(IsOfFamily).ShouldBe(ProbeCounts.Bounds.Length + 3);
        scraped[$"{Family}_bucket{{component=\"mail\",le=\"0.0005\"}}"].ShouldBe("3");
        scraped[$"{Family}_bucket{{component=\"mail\",le=\"+Inf\"}}"].ShouldBe("3");
        scraped[$"{Family}_count{{component=\"mail\"}}"].ShouldBe("3");
    }

    [Fact]
    public async Task A_check_of_several_components_is_counted_for_each_and_an_error_for_none()
    {
        await using EngineUnderTest test = new();
        HealthTask shared = new Background(check, Second(1));
        Add(test, "a", new All(shared, new Background(new ScriptedCheck { Name = "other" }, Second(1))), true);
        Add(test, "b", shared, hasHistogram: true);
        await test.StartAsync();
        check.Sees = Fail;
        await test.AdvanceAsync(Second(1));
        check.Sees = Error;
        await test.AdvanceAsync(Second(1));

        IReadOnlyDictionary<string, string> scraped = await ScrapeAsync(test);

        scraped[$"{Family}_count{{component=\"a\"}}"].ShouldBe("5", "two of shared, three of other");
        scraped[$"{Family}_count{{component=\"b\"}}"].ShouldBe("2");
    }

    [Fact]
    public async Task Counts_stay_over_a_change_of_the_task_and_go_with_the_option_or_the_component()
    {
        await using EngineUnderTest test = new();
        HealthTask task = new Background(check, Second(1));
        HealthTask other = new Background(new ScriptedCheck { Name = "other" }, Second(1));
        Add(test, "mail", task, hasHistogram: true);
        await test.StartAsync();
        await test.AdvanceAsync(Second(1));

        test.Engine.Replace([Describe("mail", other, hasHistogram: true)], Graph.NoNames);
        await test.Engine.WhenIdleAsync();
        (await CountAsync(test)).ShouldBe("3");

        test.Engine.Replace([Describe("mail", other, hasHistogram: false)], Graph.NoNames);
        await test.Engine.WhenIdleAsync();
        (await CountAsync(test)).ShouldBeNull();

        test.Engine.Replace([Describe("mail", other, hasHistogram: true)], Graph.NoNames);
        await test.AdvanceAsync(Second(1));
        (await CountAsync(test)).ShouldBe("1", "it begins anew");

        test.Engine.Replace([Describe("web", task, hasHistogram: false)], Graph.NoNames);
        await test.Engine.WhenIdleAsync();
        (await ScrapeAsync(test)).Keys.ShouldNotContain(series => IsOfFamily(series));
    }

    private static void Add(EngineUnderTest test, string name, HealthTask task, bool hasHistogram) =>
        test.Engine.Add(Describe(name, task, hasHistogram));

    private static ComponentDescription Describe(string name, HealthTask task, bool hasHistogram) =>
        new(name, task) { HasProbeHistogram = hasHistogram };

    private static bool IsOfFamily(string series) => series.StartsWith(Family, StringComparison.Ordinal);

    private static async Task<string?> CountAsync(EngineUnderTest test) =>
        (await ScrapeAsync(test)).GetValueOrDefault($"{Family}_count{{component=\"mail\"}}");

    private static Task<IReadOnlyDictionary<string, string>> ScrapeAsync(EngineUnderTest test) =>
        ScrapedMetrics.OfAsync(new ComponentMetrics(test.Engine));
}
