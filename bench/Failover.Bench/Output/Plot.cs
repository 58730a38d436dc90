using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>The points of one line.</summary>
internal sealed record PlotLine(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>The bars of one group, each for a program.</summary>
internal sealed record PlotGroup(string Name, IReadOnlyList<(string Name, double Value)> Bars);

/// <summary>Draws SVG that can be read in light and in dark.</summary>
internal static class Plot
{
    private const int Width = 720;
    private const int Left = 60;
    private const int Right = 20;
    private const int Top = 46;
    private const int PlotHeight = 260;
    private const int BarHeight = 18;
    private const int NameWidth = 150;

    // Colours that are told apart by most colour-blind people, on white and on black (Okabe and Ito, 2008).
    private static readonly string[] Colours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9"];

    private const string Style = """
        <style>
          text { font: 13px sans-serif; fill: #24292f }
          .title { font-weight: bold }
          .axis { stroke: #8c959f; stroke-width: 1 }
          @media (prefers-color-scheme: dark) { text { fill: #d1d7e0 } .axis { stroke: #656c76 } }
        </style>
        """;

    /// <summary>Bars, less being better or more as the title says, with their values.</summary>
    public static string Bars(string title, IReadOnlyList<PlotGroup> groups)
    {
        double most = groups.SelectMany(group => group.Bars).Max(bar => bar.Value);
        string[] names =
        [
            .. groups.SelectMany(group => group.Bars).Select(bar => bar.Name).Distinct(StringComparer.Ordinal),
        ];
        StringBuilder body = new();
        int y = Top;
        foreach (PlotGroup group in groups)
        {
            Text(body, Left - 50, y + 4, group.Name);
            y += 12;
            foreach ((string name, double value) in group.Bars)
            {
                double length = (Width - NameWidth - Right - 60) * value / most;
                string colour = Colours[Array.IndexOf(names, name) % Colours.Length];
                Text(body, NameWidth - 6, y + 13, name, "end");
                Line(
                    body,
                    $"<rect x=\"{NameWidth}\" y=\"{y}\" width=\"{length:0.#}\" height=\"{BarHeight - 3}\" fill=\"{colour}\"/>"
                );
                Text(body, NameWidth + length + 5, y + 13, Number.Text(value));
                y += BarHeight;
            }

            y += 24;
        }

        return Wrap(title, y, body);
    }

    /// <summary>Lines over an axis of powers of ten, or of small whole numbers.</summary>
    public static string Lines(string title, string across, bool isLogarithmic, IReadOnlyList<PlotLine> lines)
    {
        (double X, double Y)[] points = [.. lines.SelectMany(line => line.Points)];
        double[] marks = [.. points.Select(point => point.X).Distinct().Order()];
        double most = RoundUp(points.Max(point => point.Y));
        const int bottom = Top + PlotHeight;
        StringBuilder body = new();
        Line(body, $"<path class=\"axis\" fill=\"none\" d=\"M{Left} {Top} V{bottom} H{Width - Right}\"/>");
        foreach (double mark in marks)
        {
            Text(body, Across(mark), bottom + 18, mark.ToString("N0", CultureInfo.InvariantCulture), "middle");
        }

        for (int i = 0; i <= 4; i++)
        {
            Text(body, Left - 6, Up(most * i / 4) + 4, Number.Text(most * i / 4), "end");
        }

        Text(body, Width - Right, bottom + 36, across, "end");
        for (int i = 0; i < lines.Count; i++)
        {
            string colour = Colours[i % Colours.Length];
            string path = string.Join(
                ' ',
                lines[i].Points.Select(point => Invariant($"{Across(point.X):0.#},{Up(point.Y):0.#}"))
            );
            Line(body, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{path}\"/>");
            foreach ((double x, double y) in lines[i].Points)
            {
                Line(body, $"<circle cx=\"{Across(x):0.#}\" cy=\"{Up(y):0.#}\" r=\"3.5\" fill=\"{colour}\"/>");
            }

            Line(
                body,
                $"<rect x=\"{Left + 10 + (i * 150)}\" y=\"{bottom + 28}\" width=\"12\" height=\"12\" fill=\"{colour}\"/>"
            );
            Text(body, Left + 27 + (i * 150), bottom + 39, lines[i].Name);
        }

        return Wrap(title, bottom + 50, body);

        double Across(double x) =>
            marks.Length == 1
                ? Left
                : Left
                    + 20
                    + (
                        (Width - Left - Right - 50)
                        * (Place(x) - Place(marks[0]))
                        / (Place(marks[^1]) - Place(marks[0]))
                    );

        double Place(double x) => isLogarithmic ? Math.Log10(x) : x;

        double Up(double y) => bottom - (PlotHeight * y / most);
    }

    // 1, 2, 4, 6 or 8 times a power of ten: quarters of it are short numbers.
    private static double RoundUp(double value)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * new double[] { 1, 2, 4, 6, 8, 10 }.First(factor => factor * power >= value);
    }

    private static string Wrap(string title, int height, StringBuilder body) =>
        $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" role="img">
            <title>{title}</title>
            {Style}
            <text class="title" x="10" y="24">{title}</text>
            {body}</svg>

            """;

    private static void Text(StringBuilder body, double x, double y, string text, string anchor = "start") =>
        Line(body, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{text}</text>");

    private static void Line(StringBuilder body, FormattableString line) => body.Append(Invariant(line)).Append('\n');

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
