namespace Failover;

/// <summary>Shows lines in the place of those that it showed before; where nobody can see that, below them.</summary>
internal sealed class WatchScreen : IDisposable
{
    // xterm's control sequences (ctlseqs): a screen of its own that goes when this ends, no cursor, lines cut at the edge.
    private const string Begin = "\u001b[?1049h\u001b[?25l\u001b[?7l";
    private const string End = "\u001b[?7h\u001b[?25h\u001b[?1049l";
    private const string Home = "\u001b[H\u001b[J";

    private readonly Surroundings surroundings;
    private readonly bool isRedrawn;
    private bool isFirst = true;

    public WatchScreen(Surroundings surroundings, bool isRedrawn)
    {
        this.surroundings = surroundings;
        this.isRedrawn = isRedrawn;
        surroundings.Output.Write(isRedrawn ? Begin : "");
        surroundings.Output.Flush();
    }

    public void Show(IEnumerable<Line> lines)
    {
        Line[] all = [.. lines];
        if (isRedrawn)
        {
            int room = Math.Max(surroundings.Height() - 1, 2);
            surroundings.Output.Write(Home);
            surroundings.Printer.Print(all.Length <= room ? all : [.. all.Take(room - 1), More(all.Length - room + 1)]);
        }
        else
        {
            surroundings.Printer.Print(isFirst ? all : [Line.Empty, .. all]);
        }

        isFirst = false;
        surroundings.Output.Flush();
    }

    public void Dispose()
    {
        surroundings.Output.Write(isRedrawn ? End : "");
        surroundings.Output.Flush();
    }

    private static Line More(int count) =>
        new(new Cell(FormattableString.Invariant($"… and {count} more"), Tone.Faint));
}
