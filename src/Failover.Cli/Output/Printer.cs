using Spectre.Console;

namespace Failover;

/// <summary>Writes lines: in colour to a terminal, as plain text to anything else.</summary>
/// <param name="output">Where to.</param>
/// <param name="isColoured">Whether <paramref name="output"/> is a terminal that is to show colours.</param>
internal sealed class Printer(TextWriter output, bool isColoured)
{
    // A long line is broken by the terminal, so that it is whole again when it is copied.
    private readonly AnsiWriter? terminal = isColoured
        ? new(output, new AnsiCapabilities { Ansi = true, ColorSystem = ColorSystem.Standard })
        : null;

    public void Print(params IEnumerable<Line> lines)
    {
        foreach (Line line in lines)
        {
            Print(line);
        }
    }

    private void Print(Line line)
    {
        if (terminal is null)
        {
            output.Write(line.Text + '\n');
            return;
        }

        foreach (Cell cell in line.Cells)
        {
            terminal.Write(cell.Text, StyleOf(cell.Tone));
        }

        output.Write('\n');
    }

    private static Style StyleOf(Tone tone) =>
        tone switch
        {
            Tone.Plain => Style.Plain,
            Tone.Strong => new Style(decoration: Decoration.Bold),
            Tone.Faint => new Style(Color.Grey),
            Tone.Ok => new Style(Color.Green),
            Tone.Fail => new Style(Color.Red),
            Tone.Error => new Style(Color.Yellow),
            _ => throw new ArgumentOutOfRangeException(nameof(tone), tone, "no such tone"),
        };
}
