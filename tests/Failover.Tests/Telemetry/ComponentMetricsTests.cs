namespace Failover;

/// <summary>What is told of each component is what it serves.</summary>
public sealed class ComponentMetricsTests
{
    [Fact]
    public async Task It_has_ten_series_at_most()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new();
        test.Add(new Toggle(new Background(check, Second(1)), new Oneshot(auth: Htpasswd)), name: "mail");
        await test.StartAsync();
        check.Sees = Fail;
        await test.AdvanceAsync(Second(1));

        string[] series =
        [
            .. (await ScrapeAsync(test)).Keys.Where(name =>
                name.Contains("component=\"mail\"", StringComparison.Ordinal)
            ),
        ];

        series.Length.ShouldBe(10);
    }

    [Fact]
    public async Task A_latch_and_its_transition_are_told()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new();
        test.Add(new Toggle(new Background(check, Second(1)), new Oneshot(auth: Htpasswd)), name: "mail");
        await test.StartAsync();

        (await ScrapeAsync(test))["failover_component_state{component=\"mail\",state=\"ok\"}"].ShouldBe("1");
        check.Sees = Fail;
        await test.AdvanceAsync(Second(1));

        IReadOnlyDictionary<string, string> scraped = await ScrapeAsync(test);
        scraped["failover_component_state{component=\"mail\",state=\"ok\"}"].ShouldBe("0");
        scraped["failover_component_state{component=\"mail\",state=\"fail\"}"].ShouldBe("1");
        scraped["failover_component_state{component=\"mail\",state=\"error\"}"].ShouldBe("0");
        scraped["failover_component_latched{component=\"mail\"}"].ShouldBe("1");
        scraped["failover_component_overridden{component=\"mail\"}"].ShouldBe("0");
        scraped["failover_component_guarded{component=\"mail\"}"].ShouldBe("0");
        scraped["failover_transitions_total{component=\"mail\",to=\"fail\"}"].ShouldBe("1");
        scraped["failover_transitions_total{component=\"mail\",to=\"ok\"}"].ShouldBe("0");
        double.Parse(scraped["failover_component_since_timestamp_seconds{component=\"mail\"}"], Invariant)
            .ShouldBe(test.Time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
    }

    [Fact]
    public async Task What_has_grown_too_old_is_told_as_an_error_as_polls_have_it()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Timeout = Second(1) };
        Component mail = test.Add(new Background(check, Second(1), staleAfter: Second(3)), name: "mail");
        await test.StartAsync();
        check.Gate = new();

        await test.Engine.WhenIdleAsync();
        test.Time.Advance(Second(10));

        mail.LastKnown().State.ShouldBe(Error);
        (await ScrapeAsync(test))["failover_component_state{component=\"mail\",state=\"error\"}"].ShouldBe("1");
        check.Gate.SetResult();
    }

    [Fact]
    public async Task A_component_that_is_gone_is_gone_from_the_next_scrape_and_one_that_stays_keeps_its_counts()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck mail = new() { Name = "mail" };
        HealthTask mailTask = new Background(mail, Second(1));
        test.Add(mailTask, name: "mail");
        test.Add(new Background(new ScriptedCheck { Name = "web" }, Second(1)), name: "web");
        await test.StartAsync();
        mail.Sees = Fail;
        await test.AdvanceAsync(Second(1));

        test.Replace(("mail", mailTask), ("dns", new Background(new ScriptedCheck { Name = "dns" }, Second(1))));
        await test.Engine.WhenIdleAsync();

        IReadOnlyDictionary<string, string> scraped = await ScrapeAsync(test);
        scraped.Keys.ShouldNotContain(series => series.Contains("\"web\"", StringComparison.Ordinal));
        scraped["failover_component_state{component=\"dns\",state=\"ok\"}"].ShouldBe("1");
        scraped["failover_transitions_total{component=\"mail\",to=\"fail\"}"].ShouldBe("1");
    }

    [Fact]
    public async Task Of_several_certificates_below_a_component_the_first_end_is_told()
    {
        DateTimeOffset end = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
        await using EngineUnderTest test = new();
        ScriptedCheck late = new() { Name = "late", CertificateEnds = end.AddDays(1) };
        ScriptedCheck early = new() { Name = "early", CertificateEnds = end };
        test.Add(new All(new Background(late, Second(1)), new Background(early, Second(1))), name: "both");
        test.Add(new Background(new ScriptedCheck { Name = "none" }, Second(1)), name: "none");
        await test.StartAsync();

        IReadOnlyDictionary<string, string> scraped = await ScrapeAsync(test);

        scraped["failover_certificate_expiry_timestamp_seconds{component=\"both\"}"]
            .ShouldBe($"{end.ToUnixTimeSeconds()}");
        scraped.Keys.ShouldNotContain("failover_certificate_expiry_timestamp_seconds{component=\"none\"}");

        early.CertificateEnds = end.AddDays(90);
        await test.AdvanceAsync(Second(1));
        (await ScrapeAsync(test))["failover_certificate_expiry_timestamp_seconds{component=\"both\"}"]
            .ShouldBe($"{end.AddDays(1).ToUnixTimeSeconds()}");

        test.Replace(("none", new Background(new ScriptedCheck { Name = "none" }, Second(1))));
        (await ScrapeAsync(test)).Keys.ShouldNotContain(series =>
            series.Contains("certificate", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_reader_that_does_not_read_holds_up_no_decision()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new();
        for (int i = 0; i < 1000; i++)
        {
            test.Add(new Background(check, Second(1)), name: $"component-{i}");
        }

        await test.StartAsync();
        using StuckStream stuck = new();
        MetricsTextWriter writer = new(
            stuck,
            isOpenMetrics: false,
            families: null,
            TestContext.Current.CancellationToken
        );
        Task scrape = new ComponentMetrics(test.Engine).WriteAsync(writer).AsTask();

        scrape.IsCompleted.ShouldBeFalse();
        check.Sees = Fail;
        await test.AdvanceAsync(Second(1));

        test.Engine.IsResponsive(within: TimeSpan.Zero).ShouldBeTrue();
        test.Engine.Components[999].LastKnown().State.ShouldBe(Fail);
        stuck.Freed.SetResult();
        await scrape;
    }

    [Fact]
    public async Task Of_metrics_that_nobody_wants_no_sample_is_made()
    {
        await using EngineUnderTest test = new();
        test.Engine.Add(new("mail", new Background(new ScriptedCheck(), Second(1))) { HasProbeHistogram = true });
        await test.StartAsync();

        await new ComponentMetrics(test.Engine).WriteAsync(new Unwanted());
    }

    private static System.Globalization.CultureInfo Invariant => System.Globalization.CultureInfo.InvariantCulture;

    private static HtpasswdFile Htpasswd => new("/nowhere/users");

    private static Task<IReadOnlyDictionary<string, string>> ScrapeAsync(EngineUnderTest test) =>
        ScrapedMetrics.OfAsync(new ComponentMetrics(test.Engine));

    private sealed class Unwanted : MetricsWriter
    {
        public override bool Begin(string family, MetricType type, string help) => false;

        public override void Sample(long value, params ReadOnlySpan<MetricLabel> labels) => throw Refuse();

        public override void Sample(double value, params ReadOnlySpan<MetricLabel> labels) => throw Refuse();

        public override void Sample(DurationCounts counted, params ReadOnlySpan<MetricLabel> labels) => throw Refuse();

        public override ValueTask SendIfFullAsync() => throw Refuse();

        private static InvalidOperationException Refuse() => new("a sample that nobody wants");
    }

    private sealed class StuckStream : MemoryStream
    {
        public TaskCompletionSource Freed { get; } = new();

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        ) => new(Freed.Task);
    }
}
