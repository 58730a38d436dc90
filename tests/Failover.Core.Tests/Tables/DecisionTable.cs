using System.Collections.Immutable;

namespace Failover;

/// <summary>Decisions as the manual writes them: options, then rows of cells that stand under each other.</summary>
/// <example><code>
/// fail_after=3 ok_after=2   seen:  F F O F F F O O
///                           state: O O O O O F F O
/// </code></example>
internal sealed class DecisionTable
{
    private readonly Dictionary<string, string> options = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<Cell>> rows = new(StringComparer.Ordinal);
    private readonly string text;

    public DecisionTable(string text)
    {
        this.text = text;
        foreach (string line in text.Split('\n'))
        {
            ReadLine(line);
        }

        if (rows.Values.Select(row => row.Length).Distinct().Count() != 1)
        {
            throw new FormatException($"the rows are not equally long:\n{text}");
        }
    }

    public ImmutableArray<Cell> Row(string name) => rows[name];

    public bool Has(string row) => rows.ContainsKey(row);

    public HealthState State(string option, HealthState fallback) =>
        options.TryGetValue(option, out string? value) ? TableWords.State(value) : fallback;

    public Threshold? Threshold(string option) =>
        options.TryGetValue(option, out string? value) ? TableWords.Threshold(value) : null;

    public TimeSpan? Duration(string option) =>
        options.TryGetValue(option, out string? value) ? TableWords.Duration(value) : null;

    /// <summary>Holds the row of the given name to what came out.</summary>
    public void ShouldGive(string row, IEnumerable<string> got) =>
        string.Join(' ', got).ShouldBe(string.Join(' ', Row(row).Select(cell => cell.Text)), text);

    private void ReadLine(string line)
    {
        string? row = null;
        List<Cell> cells = [];
        // The first cell without a time of its own stands at 1 s.
        Instant previous = default;
        foreach (string word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (row is not null)
            {
                cells.Add(Cell.Parse(word, previous));
                previous = cells[^1].At;
            }
            else if (word.EndsWith(':'))
            {
                row = word[..^1];
            }
            else
            {
                string[] halves = word.Split('=', 2);
                options.Add(halves[0], halves[1]);
            }
        }

        if (row is not null)
        {
            rows.Add(row, [.. cells]);
        }
    }
}
