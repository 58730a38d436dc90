namespace Failover;

public sealed class TreeTextTests
{
    [Fact]
    public void A_node_that_was_shown_above_is_marked_and_branches_are_drawn_through() =>
        string.Join(
                '\n',
                TreeText
                    .Lines(
                        Node(
                            "",
                            "any",
                            Node("0", "all", Node("0", "a"), Node("1", "b")),
                            Node("1", "all") with
                            {
                                IsRepeated = true,
                            }
                        )
                    )
                    .Select(line => line.Text)
            )
            .ShouldBe(
                """
                ok any
                ├─ 0: ok all
                │  ├─ 0: ok a
                │  └─ 1: ok b
                └─ 1: ok all, the same as above
                """
            );

    [Fact]
    public void States_have_their_colour_where_they_count()
    {
        Tones(Node("", "a") with { State = Fail }).ShouldBe([("fail", Tone.Fail), (" a", Tone.Strong)]);
        Tones(Node("", "a") with { State = Fail, IsInCharge = false })
            .ShouldBe([("fail", Tone.Faint), (" a", Tone.Faint), (", inactive", Tone.Faint)]);
    }

    private static IEnumerable<(string, Tone)> Tones(Explanation node) =>
        TreeText.Lines(node).Single().Cells.Select(cell => (cell.Text, cell.Tone));

    private static Explanation Node(string name, string summary, params IEnumerable<Explanation> children) =>
        new(name, summary, Ok, "", IsInCharge: true, "", "", IsRepeated: false, [.. children]);
}
