namespace Failover;

public sealed class PrinterTests
{
    private static readonly Line[] Lines =
    [
        new(new("mail", Tone.Strong), ": ", Cell.Of(Fail), new(", refused", Tone.Faint)),
        Line.Empty,
        "[red]no markup[/]",
    ];

    [Fact]
    public void Plain_text_has_no_colours() =>
        Print(isColoured: false, Lines).ShouldBe("mail: fail, refused\n\n[red]no markup[/]\n");

    [Fact]
    public void A_terminal_gets_colours() =>
        Print(isColoured: true, Lines)
            .ShouldBe(
                "\u001b[1mmail\u001b[0m: \u001b[91mfail\u001b[0m\u001b[90m, refused\u001b[0m\n\n[red]no markup[/]\n"
            );

    [Fact]
    public void A_long_line_stays_one_line()
    {
        string text = string.Join(' ', Enumerable.Repeat("long", 1000));

        Print(isColoured: true, text).ShouldBe(text + "\n");
        Print(isColoured: false, text).ShouldBe(text + "\n");
    }

    private static string Print(bool isColoured, params Line[] lines)
    {
        using StringWriter output = new();
        new Printer(output, isColoured).Print(lines);
        return output.ToString();
    }
}
