using Spectre.Console;

namespace Failover;

/// <summary>Shows lines in the place of those that it showed before; where the output is no terminal, below them.</summary>
internal sealed class WatchScreen : IDisposable
{
    // xterm's control sequences (ctlseqs): no line is broken at the edge, or is again.
    private const string CutLines = "\u001b[?7l";
    private const string BreakLines = "\u001b[?7h";

    private readonly TextWriter output;
    private readonly Printer printer;
    private readonly Func<int> height;
    private readonly AnsiWriter? terminal;
    private bool isFirst = true;

    /// <param name="output">Where to.</param>
    /// <param name="printer">Writes lines there.</param>
    /// <param name="height">How many lines the terminal shows.</param>
    /// <param name="isRedrawn">Whether <paramref name="output"/> is a terminal, which gets a screen of its own until this ends.</param>
    public WatchScreen(TextWriter output, Printer printer, Func<int> height, bool isRedrawn)
    {
        this.output = output;
        this.printer = printer;
        this.height = height;
        terminal = isRedrawn ? new(output, new AnsiCapabilities { Ansi = true, AlternateBuffer = true }) : null;
        terminal?.EnterAltScreen().HideCursor().Write(CutLines);
        output.Flush();
    }

    public void Show(IEnumerable<Line> lines)
    {
        Line[] all = [.. lines];
        if (terminal is not null)
        {
            int room = Math.Max(height() - 1, 2);
            terminal.CursorHome().EraseInDisplay();
            printer.Print(all.Length <= room ? all : [.. all.Take(room - 1), More(all.Length - room + 1)]);
        }
        else
        {
            printer.Print(isFirst ? all : [Line.Empty, .. all]);
        }

        isFirst = false;
        output.Flush();
    }

    public void Dispose()
    {
        terminal?.Write(BreakLines).ShowCursor().ExitAltScreen();
        output.Flush();
    }

    private static Line More(int count) =>
        new(new Cell(FormattableString.Invariant($"… and {count} more"), Tone.Faint));
}
