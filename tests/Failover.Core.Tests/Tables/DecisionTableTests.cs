namespace Failover;

public sealed class DecisionTableTests
{
    [Fact]
    public void Options_and_rows_are_read_from_one_text()
    {
        DecisionTable table = new(
            """
            fail_after=3 initial=F   seen:  F  O=  E<@1.5m
                                     state: O  O   F
            """
        );

        table.Threshold("fail_after").ShouldBe(Count(3));
        table.State("initial", HealthState.Ok).ShouldBe(HealthState.Fail);
        table.State("other", HealthState.Ok).ShouldBe(HealthState.Ok);
        table
            .Row("seen")
            .ShouldBe([
                new("F", "F", false, false, new(Second(1))),
                new("O=", "O", true, false, new(Second(2))),
                new("E<@1.5m", "E", false, true, new(Second(90))),
            ]);
    }

    [Fact]
    public void Thresholds_are_counts_durations_and_both_joined()
    {
        TableWords.Threshold("3").ShouldBe(Count(3));
        TableWords.Threshold("2m").ShouldBe((Threshold)Minute(2));
        TableWords.Threshold("3&2m").ShouldBe(Count(3) & Minute(2));
        TableWords.Threshold("3|250ms").ShouldBe(Count(3) | Second(0.25));
    }

    [Fact]
    public void A_row_that_came_out_otherwise_fails_and_shows_the_table() =>
        Should
            .Throw<ShouldAssertException>(() => new DecisionTable("state: O F").ShouldGive("state", ["O", "O"]))
            .Message.ShouldContain("state: O F");

    [Fact]
    public void Rows_of_unequal_length_are_refused() =>
        Should.Throw<FormatException>(() => new DecisionTable("seen: O F\nstate: O"));
}
