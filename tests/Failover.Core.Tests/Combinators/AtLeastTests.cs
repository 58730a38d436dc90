namespace Failover;

public sealed class AtLeastTests
{
    private static readonly ProbeStub[] Three = TruthTable.Children(3);

    [Fact]
    public void Is_decided_as_soon_as_what_is_not_known_cannot_change_it() =>
        TruthTable.Holds(
            new AtLeast(Three, count: 2),
            """
            OOO -> O
            OOF -> O
            OOE -> O
            OFF -> F
            OFE -> E
            OEE -> E
            FFO -> F
            FFE -> F
            FEE -> E
            EEE -> E
            """
        );

    [Fact]
    public void A_percentage_is_reached_with_whole_tasks()
    {
        TruthTable.Holds(new AtLeast(Three, percent: 50), "OFF -> F\nOOF -> O");
        TruthTable.Holds(new AtLeast(Three, percent: 66.5), "OOF -> O\nOFF -> F");
        TruthTable.Holds(new AtLeast(Three, percent: 66.7), "OOF -> F\nOOO -> O");
        TruthTable.Holds(new AtLeast(Three, percent: 33.3), "OFF -> O\nFFF -> F");
        TruthTable.Holds(new AtLeast(Three, percent: 0.1), "OFF -> O\nFFF -> F");
        TruthTable.Holds(new AtLeast(Three, percent: 100), "OOF -> F\nOOO -> O");
    }

    [Fact]
    public void With_both_both_have_to_be_reached_and_with_neither_more_than_half()
    {
        TruthTable.Holds(new AtLeast(Three, count: 3, percent: 34), "OOF -> F\nOOO -> O");
        TruthTable.Holds(new AtLeast(Three, count: 1, percent: 34), "OFF -> F\nOOF -> O");
        TruthTable.Holds(new AtLeast(Three), "OFF -> F\nOOF -> O");
        TruthTable.Holds(new AtLeast(TruthTable.Children(4)), "OOFF -> F\nOOOF -> O");
    }

    [Fact]
    public void A_task_counts_its_weight()
    {
        AtLeast weighted = new(
            [("large", Three[0]), ("middle", Three[1]), ("small", Three[2])],
            count: 3,
            weights: [new("large", 3), new("middle", 2)]
        );

        TruthTable.Holds(
            weighted,
            """
            OFF -> O
            FOO -> O
            FOF -> F
            FEE -> E
            FFE -> F
            EOF -> E
            """
        );
        weighted.Summary.ShouldBe("at_least 3(large: c1, middle: c2, small: c3)");
        weighted.OwnSummary.ShouldBe("at least 3 of 6");
        weighted.FullText.ShouldBe(
            "at_least(tasks: {large: ProbeStub(c1), middle: ProbeStub(c2), small: ProbeStub(c3)}, count: 3, weights: {large: 3, middle: 2})"
        );
    }

    [Fact]
    public void An_ok_lasts_as_long_as_enough_of_them_can_be_believed()
    {
        Observation Until(int number, int until) =>
            TruthTable.See("O", number) with
            {
                FreshUntil = new(Second(until)),
                EvidenceUntil = new(Second(until)),
            };

        Observation ok = TruthTable.Show(new AtLeast(Three, count: 2), Until(1, 30), Until(2, 10), Until(3, 20));

        ok.FreshUntil.ShouldBe(new(Second(20)));
        (ok.Id, ok.Started, ok.Ended).ShouldBe((3, new(Second(2)), new(Second(3))));
    }

    [Fact]
    public void Bad_numbers_are_refused()
    {
        Should
            .Throw<ArgumentOutOfRangeException>(() => new AtLeast(Three, count: 4))
            .ShouldSay("count", "count is 4, and all tasks together have 3; accepted: 1 to 3");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new AtLeast(Three, count: 0))
            .ShouldSay("count", "count is 0; accepted: a number from 1 to 1000");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new AtLeast(Three, percent: double.NaN))
            .ShouldSay("percent", "percent is NaN; accepted: a percentage over 0, up to 100");
        Should
            .Throw<ArgumentException>(() => new AtLeast([("a", Three[0])], weights: [new("b", 2)]))
            .ShouldSay("weights", "weights is a map with \"b\", which is the name of no task; accepted: a");
    }
}
