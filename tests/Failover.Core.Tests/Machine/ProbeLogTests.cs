namespace Failover;

/// <summary>The newest probes of each check, and the bound of all.</summary>
public sealed class ProbeLogTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_read_is_what_was_taken_to_the_microsecond_and_millisecond()
    {
        Node check = Check();
        ProbeLog log = new();

        log.Add(check, Noon.AddTicks(12_345_678), TimeSpan.FromTicks(1_234), Observation.Ok("connected in 0.1ms"));
        log.Add(check, Noon.AddSeconds(10), Second(9), Observation.Fail("refused"));
        // The clock was set back.
        log.Add(check, Noon.AddYears(-10), TimeSpan.Zero, Observation.Error(""));

        Read(check)
            .ShouldBe([
                new(check, Noon.AddMilliseconds(1234), TimeSpan.FromMicroseconds(123), Ok, "connected in 0.1ms"),
                new(check, Noon.AddSeconds(10), Second(9), Fail, "refused"),
                new(check, Noon.AddYears(-10), TimeSpan.Zero, Error, ""),
            ]);
    }

    [Fact]
    public void Any_reasons_come_back_as_they_were()
    {
        string[] parts = ["connected to ", "é", "日本", "😀", "\ud83d", "a", "status 200 in 1", "", "\0"];
        Random random = new(5);
        List<string> given = [];
        Node check = Check();
        ProbeLog log = new();
        for (int i = 0; i < ProbeLog.MostProbes; i++)
        {
            given.Add(string.Concat(random.GetItems(parts, random.Next(6))));
            log.Add(check, Noon, TimeSpan.Zero, Observation.Fail(given[^1]));
        }

        // Half of a character is none.
        Read(check).Select(probe => probe.Reason).ShouldBe(given.Select(text => Whole(text)));
    }

    [Fact]
    public void A_long_reason_is_cut_whatever_it_is_made_of()
    {
        Node check = Check();
        ProbeLog log = new();
        log.Add(check, Noon, TimeSpan.Zero, Observation.Fail("short"));
        log.Add(check, Noon, TimeSpan.Zero, Observation.Fail(new string('x', 5000)));
        log.Add(check, Noon, TimeSpan.Zero, Observation.Fail($"{new string('x', 5000)}y"));
        log.Add(check, Noon, TimeSpan.Zero, Observation.Fail(new string('日', 5000)));

        Read(check)
            .Select(probe => probe.Reason)
            .ShouldBe(["short", $"{new string('x', 200)}…", $"{new string('x', 200)}…", $"{new string('日', 67)}…"]);
    }

    [Fact]
    public void At_least_the_last_128_of_a_check_are_kept_and_not_many_more()
    {
        Node check = Check();
        ProbeLog log = new();
        for (int i = 0; i < 1000; i++)
        {
            log.Add(check, Noon.AddSeconds(i), TimeSpan.Zero, Observation.Ok($"connected in {i % 17}.1ms"));
        }

        Read(check).Count.ShouldBeInRange(ProbeLog.MostProbes, ProbeLog.MostProbes + 40);
        Read(check)[^1].At.ShouldBe(Noon.AddSeconds(999));
        log.Bytes.ShouldBeLessThan(4096, "reasons that are like the one before take next to nothing");
    }

    [Fact]
    public void The_budget_holds_and_each_check_keeps_its_newest()
    {
        const int Budget = 1 << 20;
        ProbeLog log = new(Budget);
        Node[] checks = [.. Enumerable.Range(0, 2000).Select(_ => Check())];
        for (int round = 0; round < 300; round++)
        {
            foreach (Node check in checks)
            {
                log.Add(check, Noon.AddSeconds(round), Second(1), Observation.Ok($"round {round}"));
            }

            log.Bytes.ShouldBeLessThanOrEqualTo(Budget);
        }

        foreach (IReadOnlyList<RecordedProbe> read in checks.Select(Read))
        {
            int first = 300 - read.Count;
            read.Select(probe => probe.Reason).ShouldBe(Enumerable.Range(first, read.Count).Select(i => $"round {i}"));
            read.Select(probe => probe.At)
                .ShouldBe(Enumerable.Range(first, read.Count).Select(i => Noon.AddSeconds(i)));
        }

        checks.Min(check => Read(check).Count).ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public void Who_comes_late_takes_what_others_have_above_their_share()
    {
        const int Budget = 64 << 10;
        ProbeLog log = new(Budget);
        Node[] early = [.. Enumerable.Range(0, 4).Select(_ => Check())];
        Fill(log, early);
        Node[] late = [.. Enumerable.Range(0, 60).Select(_ => Check())];

        Fill(log, late);

        log.Bytes.ShouldBeLessThanOrEqualTo(Budget);
        late.ShouldAllBe(check => Read(check).Count > 0);
        early.ShouldAllBe(check => Read(check).Count > 0);
    }

    [Fact]
    public void More_checks_than_fit_leave_some_out_and_break_nothing()
    {
        const int Budget = 10_000;
        ProbeLog log = new(Budget);
        Node[] checks = [.. Enumerable.Range(0, 500).Select(_ => Check())];

        Fill(log, checks);

        log.Bytes.ShouldBeLessThanOrEqualTo(Budget);
        checks.Count(check => check.Probes?.Count > 0).ShouldBeGreaterThan(20);
    }

    [Fact]
    public void A_check_that_has_not_been_probed_takes_nothing_and_one_that_is_forgotten_gives_all_back()
    {
        ProbeLog log = new();
        Node[] checks = [.. Enumerable.Range(0, 3).Select(_ => Check())];
        log.Bytes.ShouldBe(0);
        Fill(log, checks);
        int bytes = log.Bytes;

        log.Forget(checks[0]);
        log.Forget(checks[0]);
        log.Forget(checks[2]);

        log.Bytes.ShouldBe(bytes / 3);
        Fill(log, checks[1..2]);
        log.Forget(checks[1]);
        log.Bytes.ShouldBe(0);
    }

    [Fact]
    public void A_probe_allocates_nothing_once_the_memory_is_in_use()
    {
        ProbeLog log = new(64 << 10);
        HistoryLog history = new();
        Node[] checks = [.. Enumerable.Range(0, 20).Select(_ => Check())];
        Observation[] seen = [.. Enumerable.Range(0, 10).Select(i => Observation.Ok($"connected in 0.{i}ms"))];
        List<ArraySegment<HistoryEntry>> pages = new(capacity: 64);
        Record(5000);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Record(20_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Record(int probes)
        {
            for (int i = 0; i < probes; i++)
            {
                Node check = checks[i % checks.Length];
                log.Add(check, Noon.AddMilliseconds(i), TimeSpan.FromMicroseconds(i), seen[i % seen.Length]);
                history.Add(new(check, new(TimeSpan.FromMilliseconds(i)), TimeSpan.FromMicroseconds(i), Ok));
                if (history.IsFilling)
                {
                    history.TakeAll(pages);
                    history.GiveBack(pages);
                }
            }
        }
    }

    private static void Fill(ProbeLog log, Node[] checks)
    {
        for (int i = 0; i < 200; i++)
        {
            foreach (Node check in checks)
            {
                log.Add(check, Noon, Second(1), Observation.Ok($"probe {i}"));
            }
        }
    }

    private static string Whole(string text) => new([.. text.EnumerateRunes().SelectMany(rune => rune.ToString())]);

    private static IReadOnlyList<RecordedProbe> Read(Node check) => [.. check.Probes!.Read()];

    private static Node Check()
    {
        Graph graph = new(Graph.NoNames);
        graph.Add(new("mail", new ProbeStub()));
        return new(graph.Vertices[0]);
    }
}
