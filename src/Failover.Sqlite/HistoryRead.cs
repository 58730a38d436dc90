namespace Failover;

/// <summary>Reads a part of a history, the newest first, a step at a time: a write waits for one step at most.</summary>
internal abstract class HistoryRead
{
    /// <summary>How many rows one step reads: some milliseconds.</summary>
    protected const int RowsOfStep = 2000;

    public static HistoryRead<StoredTransition> OfTransitions(HistoryQuery query, CancellationToken cancellation) =>
        new(
            "transition",
            "at, component, from_state, to_state, reason, evidence",
            row =>
                new(
                    StateTime.Read(row.Text(0)),
                    row.Text(1),
                    StateText.State(row.Text(2)),
                    StateText.State(row.Text(3)),
                    row.Text(4),
                    row.Number(5)
                ),
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
/// <param name="table">Where the rows stand, in the order in which they came.</param>
/// <param name="columns">Those that make a row, time and component first.</param>
/// <param name="rowOf">The row that a statement stands at.</param>
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
