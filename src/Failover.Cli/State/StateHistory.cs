using System.Globalization;

namespace Failover;

/// <summary>Keeps the history of moves and POSTs within its bounds, a little at a time: what waits to be stored never waits
/// for more than one short transaction. The file does not shrink; what is freed in it is used again.</summary>
/// <param name="file">The state file.</param>
/// <param name="maxAge">How old it may become.</param>
/// <param name="maxSize">How many bytes of the file it may take, about.</param>
internal sealed class StateHistory(SqliteFile file, TimeSpan maxAge, long maxSize)
{
    private const int MostRows = 1000;

    private static readonly string[] Tables = ["transition", "post"];

    /// <summary>Forgets some of what is too much.</summary>
    /// <returns>Whether there may be more of it.</returns>
    public bool Prune(DateTimeOffset now)
    {
        DateTimeOffset oldest = now - DateTimeOffset.MinValue > maxAge ? now - maxAge : DateTimeOffset.MinValue;
        double excess = Excess();
        bool isMore = false;
        file.InTransaction(() =>
        {
            foreach (string table in Tables)
            {
                isMore |= PruneByAge(table, oldest) | PruneBySize(table, excess);
            }
        });
        return isMore;
    }

    private bool PruneByAge(string table, DateTimeOffset oldest)
    {
        // Rows stand in the order in which they came, which is that of their times unless somebody set the clock.
        using SqliteStatement delete = file.Prepare(
            $"DELETE FROM {table} WHERE at < ? AND id IN (SELECT id FROM {table} ORDER BY id LIMIT {MostRows})"
        );
        delete.Run(StateTime.Text(oldest));
        return file.Changes == MostRows;
    }

    private bool PruneBySize(string table, double excess)
    {
        if (excess <= 0)
        {
            return false;
        }

        long first = file.Number($"SELECT coalesce(min(id), 0) FROM {table}");
        long next = file.Number($"SELECT coalesce(max(id), -1) FROM {table}") + 1;
        long rows = Math.Min((long)Math.Ceiling((next - first) * excess), MostRows);
        file.Run(string.Create(CultureInfo.InvariantCulture, $"DELETE FROM {table} WHERE id < {first + rows}"));
        return rows == MostRows;
    }

    /// <summary>Which part of the history is too much.</summary>
    private double Excess()
    {
        long pages = file.Number("PRAGMA page_count") - file.Number("PRAGMA freelist_count");
        long used = pages * file.Number("PRAGMA page_size");
        if (used <= maxSize)
        {
            return 0;
        }

        // The rest of the file is not history. A quarter more than its bytes is what its pages take.
        long others = file.Number(
            "SELECT (SELECT coalesce(sum(length(key) + length(fingerprint) + length(state) + length(reason) + 40), 0) FROM node)"
                + " + (SELECT coalesce(sum(length(component) + length(path) + length(reason) + 40), 0) FROM latch)"
        );
        double history = used - (others * 1.25);
        return history <= maxSize ? 0 : (history - maxSize) / history;
    }
}
