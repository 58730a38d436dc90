using System.Collections.Immutable;

namespace Failover;

/// <summary>A table: each row has a field under each heading.</summary>
internal sealed record Grid(ImmutableArray<string> Headings, ImmutableArray<ImmutableArray<Cell>> Rows)
{
    private const int Gap = 2;

    /// <summary>The table in lines, columns padded with spaces as a terminal shows them.</summary>
    public IEnumerable<Line> Lines()
    {
        int[] widths =
        [
            .. Headings.Select(
                (heading, column) =>
                    Rows.Select(row => DisplayWidth.Of(row[column].Text)).Append(DisplayWidth.Of(heading)).Max()
            ),
        ];
        return Rows.Prepend([.. Headings.Select(heading => new Cell(heading, Tone.Faint))])
            .Select(row => new Line([.. Padded(row, widths)]));
    }

    // The last field that says something is not padded: no line ends in spaces.
    private static IEnumerable<Cell> Padded(ImmutableArray<Cell> row, int[] widths)
    {
        int last = row.Length - 1;
        while (last > 0 && row[last].Text.Length == 0)
        {
            last--;
        }

        for (int column = 0; column < last; column++)
        {
            yield return row[column];
            yield return new string(' ', widths[column] - DisplayWidth.Of(row[column].Text) + Gap);
        }

        yield return row[last];
    }
}
