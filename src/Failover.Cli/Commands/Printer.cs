using Spectre.Console;

namespace Failover;

/// <summary>Writes lines: in colour to a terminal, as plain text to anything else.</summary>
/// <param name="output">Where to.</param>
/// <param name="isColoured">Whether <paramref name="output"/> is a terminal that is to show colours.</param>
internal sealed class Printer(TextWriter output, bool isColoured)
{
    private readonly IAnsiConsole? terminal = isColoured ? Terminal(output) : null;

    /// <summary>Writes to the standard output of this process; <c>NO_COLOR</c> (https://no-color.org) is heeded.</summary>
    public static Printer Standard() =>
        new(
            Console.Out,
            !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        );

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
            terminal.Write(new Text(cell.Text, Look(cell.Tone)));
        }

        output.Write('\n');
    }

    private static IAnsiConsole Terminal(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = ColorSystemSupport.Standard,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(output),
            }
        );
        // A long line is broken by the terminal, so that it is whole again when it is copied.
        console.Profile.Width = int.MaxValue;
        return console;
    }

    private static Style Look(Tone tone) =>
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
