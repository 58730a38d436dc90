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
        // Rows are in the order in which they came, which is that of their times unless the clock was set.
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
            "SELECT (SELECT coalesce(sum(length(key) + length(kind) + length(fingerprint) + length(state) + length(reason) + 72), 0) FROM node)"
                + " + (SELECT coalesce(sum(length(name) + length(reason) + 82), 0) FROM component)"
                + " + (SELECT coalesce(sum(length(key) + length(fingerprint) + length(components) + length(reason) + 132), 0) FROM latch)"
        );
        double history = used - (others * 1.25);
        return history <= maxSize ? 0 : (history - maxSize) / history;
    }
}

/// <summary>Appends to the history of transitions and to the audit of POSTs.</summary>
internal sealed class HistoryRows(SqliteFile file) : IDisposable
{
    private readonly SqliteStatement addTransition = file.Prepare(
        "INSERT INTO transition (at, component, from_state, to_state, reason, first_at, first_reason, evidence) "
            + "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    );
    private readonly SqliteStatement addPost = file.Prepare(
        "INSERT INTO post (at, component, user, source, outcome) VALUES (?, ?, ?, ?, ?)"
    );

    public void Append(IEnumerable<StoredTransition> transitions, IEnumerable<StoredPost> posts)
    {
        foreach (StoredTransition moved in transitions)
        {
            addTransition.Bind(
                StateTime.Text(moved.At),
                moved.Component,
                StateText.Of(moved.From),
                StateText.Of(moved.To),
                moved.Reason,
                moved.First is { } first ? StateTime.Text(first.At) : null,
                moved.First?.Reason
            );
            addTransition.Bind(8, moved.Evidence);
            addTransition.RunBound();
        }

        foreach (StoredPost post in posts)
        {
            addPost.Run(StateTime.Text(post.At), post.Component, post.User, post.Source, post.Outcome);
        }
    }

    public void Dispose()
    {
        addTransition.Dispose();
        addPost.Dispose();
    }
}

/// <summary>Reads a part of a history, the newest first, a step at a time: a write waits for one step at most.</summary>
internal abstract class HistoryRead
{
    /// <summary>How many rows one step reads: some milliseconds.</summary>
    protected const int RowsOfStep = 2000;

    public static HistoryRead<StoredTransition> OfTransitions(HistoryQuery query, CancellationToken cancellation) =>
        new(
            "transition",
            "at, component, from_state, to_state, reason, evidence, first_at, first_reason",
            row =>
                new(
                    StateTime.Read(row.Text(0)),
                    row.Text(1),
                    StateText.State(row.Text(2)),
                    StateText.State(row.Text(3)),
                    row.Text(4),
                    row.Number(5)
                )
                {
                    First = row.IsNull(6) ? null : new(StateTime.Read(row.Text(6)), row.Text(7)),
                },
            query,
            cancellation
        );

    public static HistoryRead<StoredPost> OfPosts(HistoryQuery query, CancellationToken cancellation) =>
        new(
            "post",
            "at, component, user, source, outcome",
            row =>
                new(
                    StateTime.Read(row.Text(0)),
                    row.Text(1),
                    row.IsNull(2) ? null : row.Text(2),
                    row.Text(3),
                    row.Text(4)
                ),
            query,
            cancellation
        );

    /// <summary>Reads on.</summary>
    /// <returns>Whether there may be more to read.</returns>
    /// <exception cref="SqliteFault">The file cannot be read.</exception>
    public abstract bool Step(SqliteFile file);

    public abstract void Fail(StateStoreException fault);
}

/// <inheritdoc/>
/// <param name="table">The table of the rows, in the order of their insertion.</param>
/// <param name="columns">Those that make a row, time and component first.</param>
/// <param name="rowOf">The row that a statement is at.</param>
/// <param name="query">Which rows.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class HistoryRead<TRow>(
    string table,
    string columns,
    Func<SqliteStatement, TRow> rowOf,
    HistoryQuery query,
    CancellationToken cancellation
) : HistoryRead
{
    private readonly TaskCompletionSource<IReadOnlyList<TRow>> rows = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly List<TRow> read = [];
    private long last = long.MaxValue;

    public Task<IReadOnlyList<TRow>> Rows => rows.Task;

    /// <inheritdoc/>
    public override bool Step(SqliteFile file)
    {
        if (cancellation.IsCancellationRequested)
        {
            rows.TrySetCanceled(cancellation);
            return false;
        }

        if (read.Count >= query.Limit || !TryFindNewest(file))
        {
            rows.TrySetResult(read);
            return false;
        }

        using SqliteStatement some = file.Prepare(
            $"SELECT {columns} FROM {table} WHERE id <= ? AND id > ? AND component = coalesce(?, component) AND at >= coalesce(?, '') "
                + "ORDER BY id DESC"
        );
        some.Bind(1, last);
        some.Bind(2, last - RowsOfStep);
        some.Bind(3, query.Component);
        some.Bind(4, query.Since is { } since ? StateTime.Text(since) : null);
        while (read.Count < query.Limit && some.Next())
        {
            Add(some);
        }

        last -= RowsOfStep;
        return true;
    }

    /// <inheritdoc/>
    public override void Fail(StateStoreException fault) => rows.TrySetException(fault);

    private bool TryFindNewest(SqliteFile file)
    {
        using SqliteStatement newest = file.Prepare($"SELECT max(id) FROM {table} WHERE id <= ?");
        newest.Bind(1, last);
        if (!newest.Next() || newest.IsNull(0))
        {
            return false;
        }

        last = newest.Number(0);
        return true;
    }

    private void Add(SqliteStatement row)
    {
        try
        {
            read.Add(rowOf(row));
        }
        catch (StateDamage)
        {
            // The digest does not cover the history: one damaged row does not hide the others.
        }
    }
}
