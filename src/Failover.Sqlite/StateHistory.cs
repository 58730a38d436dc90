using System.Globalization;

namespace Failover;

/// <summary>Keeps the history of transitions and the audit of POSTs within their bounds, a little at a time: a write waits for one
/// short transaction at most. The file does not shrink; what is freed in it is used again.</summary>
/// <param name="maxAge">How old an entry may become.</param>
/// <param name="maxSize">How many bytes of the file they may take, about.</param>
internal sealed class StateHistory(TimeSpan maxAge, long maxSize)
{
    /// <summary>So many entries, the newest of each table, are never too old: a wall clock that is wrong for a while takes no
    /// more than the rest.</summary>
    public const int NeverTooOld = 10_000;

    private const int MostRows = 1000;

    private static readonly string[] Tables = ["transition", "post"];

    /// <summary>Forgets some of what is too much.</summary>
    /// <returns>Whether there may be more of it.</returns>
    public bool Prune(SqliteFile file, DateTimeOffset now)
    {
        DateTimeOffset oldest = now - DateTimeOffset.MinValue > maxAge ? now - maxAge : DateTimeOffset.MinValue;
        double excess = Excess(file);
        bool isMore = false;
        file.InTransaction(() =>
        {
            foreach (string table in Tables)
            {
                isMore |= PruneByAge(file, table, oldest) | PruneBySize(file, table, excess);
            }
        });
        return isMore;
    }

    private static bool PruneByAge(SqliteFile file, string table, DateTimeOffset oldest)
    {
        // Rows stand in the order in which they came, which is that of their times unless somebody set the clock.
        using SqliteStatement delete = file.Prepare(
            $"DELETE FROM {table} WHERE at < ? AND id IN (SELECT id FROM {table} ORDER BY id LIMIT {MostRows}) "
                + $"AND id <= (SELECT id FROM {table} ORDER BY id DESC LIMIT 1 OFFSET {NeverTooOld})"
        );
        delete.Run(StateTime.Text(oldest));
        return file.Changes == MostRows;
    }

    private static bool PruneBySize(SqliteFile file, string table, double excess)
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
    private double Excess(SqliteFile file)
    {
        long pages = file.Number("PRAGMA page_count") - file.Number("PRAGMA freelist_count");
        long used = pages * file.Number("PRAGMA page_size");
        if (used <= maxSize)
        {
            return 0;
        }

        // The rest of the file is not history. A quarter more than its bytes is what its pages take.
        long others = file.Number(
            "SELECT (SELECT coalesce(sum(length(key) + length(kind) + length(fingerprint) + length(state) + length(reason) + 40), 0) FROM node)"
                + " + (SELECT coalesce(sum(length(name) + length(reason) + 50), 0) FROM component)"
                + " + (SELECT coalesce(sum(length(key) + length(fingerprint) + length(components) + length(reason) + 100), 0) FROM latch)"
        );
        double history = used - (others * 1.25);
        return history <= maxSize ? 0 : (history - maxSize) / history;
    }
}
